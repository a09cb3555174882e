using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Hosting;

public sealed class CertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("causeway-certificates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_certificate_of_the_files_is_shown_with_its_chain()
    {
        using var root = Authority("CN=Root", null);
        using var middle = Authority("CN=Middle", root);
        var (certificateFile, keyFile) = WriteLeaf(middle);
        await using var server = await TestServer.StartAsync(
            ("listen:0", "https://127.0.0.1:0"), ("certificateFile", certificateFile), ("certificateKeyFile", keyFile));

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        List<string> shown = [];
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, chain, _) =>
        {
            var sent = chain!.ChainPolicy.ExtraStore.Select(extra => extra.Subject);
            shown = [.. chain.ChainElements.Select(element => element.Certificate.Subject).Concat(sent).Distinct()];
            return true;
        });
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "call.example.org" }, TestContext.Current.CancellationToken);

        Assert.Contains("CN=call.example.org", shown);
        Assert.Contains("CN=Middle", shown);
    }

    [Fact]
    public async Task A_WebSocket_goes_over_TLS()
    {
        using var root = Authority("CN=Root", null);
        var (certificateFile, keyFile) = WriteLeaf(root);
        await using var server = await TestServer.StartAsync(
            ("listen:0", "https://127.0.0.1:0"), ("certificateFile", certificateFile), ("certificateKeyFile", keyFile));

        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        Assert.Equal("wss", server.WebSocketAddress.Scheme);
        Assert.Single(bob.Welcomed.Members);
    }

    // Browsers carry a WebSocket over the page's own HTTP/2 connection (RFC 8441) when they can.
    [Fact]
    public async Task A_WebSocket_goes_over_HTTP_2()
    {
        using var root = Authority("CN=Root", null);
        var (certificateFile, keyFile) = WriteLeaf(root);
        await using var server = await TestServer.StartAsync(
            ("listen:0", "https://127.0.0.1:0"), ("certificateFile", certificateFile), ("certificateKeyFile", keyFile),
            ("limits:messagesPerSecond", "1000"), ("limits:outbox", "1000"), ("limits:outboxBytes", "100000000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await TestClient.ConnectOverHttp2Async(server.WebSocketAddress);
        await bob.HelloAsync("tea");
        await ann.ReceiveAsync<Joined>();

        for (var seq = 1; seq <= 100; seq++)
        {
            await bob.SendSignalAsync(ann.Member, seq, $"\"{new string('x', 50_000)}\"");
            Assert.Equal(seq, (await ann.ReceiveAsync<Signal>()).Seq);
        }
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", "Production", "max-age=31536000")]
    [InlineData("http://127.0.0.1:0", "Production", null)]
    [InlineData("https://127.0.0.1:0", "Development", null)]
    public async Task A_deployment_with_TLS_is_not_asked_without_it_again(string listen, string environment, string? expected)
    {
        using var root = Authority("CN=Root", null);
        var (certificateFile, keyFile) = WriteLeaf(root);
        await using var server = await TestServer.StartAsync(
            ("listen:0", listen), ("certificateFile", certificateFile), ("certificateKeyFile", keyFile), ("environment", environment));
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=call.example.org",
        };
        using var http = new HttpClient(handler);

        using var answer = await http.GetAsync(server.Address, TestContext.Current.CancellationToken);

        Assert.Equal(
            expected is null ? [] : [expected], answer.Headers.TryGetValues("Strict-Transport-Security", out var found) ? found : []);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_who_comes_and_drops_nobody_who_is_there()
    {
        using var root = Authority("CN=Root", null);
        var (certificateFile, keyFile) = WriteLeaf(root);
        await using var server = await TestServer.StartAsync(
            ("listen:0", "https://127.0.0.1:0"), ("certificateFile", certificateFile), ("certificateKeyFile", keyFile));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        var before = await ShownAsync(server);

        WriteLeaf(root);
        server.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.NotEqual(before, await ShownAsync(server));
        await bob.SendSignalAsync(ann.Member, 1, "\"still here\"");
        Assert.Equal(1, (await ann.ReceiveAsync<Signal>()).Seq);
    }

    [Theory, InlineData("the key is of the next certificate"), InlineData("the chain is half written")]
    public async Task Files_that_do_not_fit_leave_the_earlier_certificate_in_use_and_are_told_of_once(string trouble)
    {
        using var root = Authority("CN=Root", null);
        var (certificateFile, keyFile) = WriteLeaf(root);
        await using var server = await TestServer.StartAsync(
            ("listen:0", "https://127.0.0.1:0"), ("certificateFile", certificateFile), ("certificateKeyFile", keyFile));
        var before = await ShownAsync(server);

        var chain = await File.ReadAllTextAsync(certificateFile, TestContext.Current.CancellationToken);
        WriteLeaf(root);
        if (trouble.StartsWith("the chain", StringComparison.Ordinal)) chain = chain[..200];
        await File.WriteAllTextAsync(certificateFile, chain, TestContext.Current.CancellationToken);
        for (var handshake = 0; handshake < 3; handshake++)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(before, await ShownAsync(server));
        }
        Assert.Single(server.Log.Lines, line => line.Text.Contains("the old certificate stays in use", StringComparison.Ordinal));

        WriteLeaf(root);
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(before, await ShownAsync(server));
    }

    /// <summary>The hash of the certificate that a new connection is shown.</summary>
    private static async Task<string> ShownAsync(TestServer server)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown?.Subject == "CN=call.example.org");
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "call.example.org" }, TestContext.Current.CancellationToken);
        return tls.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256);
    }

    private (string CertificateFile, string KeyFile) WriteLeaf(X509Certificate2 issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=call.example.org", key, HashAlgorithmName.SHA256);
        using var leaf = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, [1, 2, 3]);
        var (certificateFile, keyFile) = (Path.Combine(_folder, "chain.pem"), Path.Combine(_folder, "key.pem"));
        var before = File.Exists(keyFile) ? File.GetLastWriteTimeUtc(keyFile) : DateTime.MinValue;
        File.WriteAllText(certificateFile, leaf.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem() + "\n");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        // A file system may keep times coarser than two certificates of a test are apart.
        if (File.GetLastWriteTimeUtc(keyFile) <= before) File.SetLastWriteTimeUtc(keyFile, before.AddSeconds(1));
        return (certificateFile, keyFile);
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        // The key goes with the certificate and is disposed with it.
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (issuer is null) return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, [4, 5, 6]);
        return certificate.CopyWithPrivateKey(key);
    }
}
