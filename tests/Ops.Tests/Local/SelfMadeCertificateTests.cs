using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Causeway.Ops.Local;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Ops.Tests.Local;

public class SelfMadeCertificateTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public void It_contains_the_address_as_a_subject_alternative_name()
    {
        using var folder = new TemporaryFolder();
        var made = SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time);
        Assert.True(made.Certificate.MatchesHostname("192.168.7.20", allowWildcards: false, allowCommonName: false));
        Assert.False(made.Certificate.MatchesHostname("192.168.7.21", allowWildcards: false, allowCommonName: false));
    }

    [Fact]
    public async Task A_TLS_client_that_trusts_it_accepts_it_for_the_address()
    {
        using var folder = new TemporaryFolder();
        var made = SelfMadeCertificate.Ensure(folder.Path, "127.0.0.1", TimeProvider.System);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var server = Serve();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { made.Certificate },
            },
        };
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        await server;

        async Task Serve()
        {
            using var accepted = await listener.AcceptTcpClientAsync();
            await using var stream = new SslStream(accepted.GetStream());
            await stream.AuthenticateAsServerAsync(X509Certificate2.CreateFromPemFile(made.ChainFile, made.KeyFile));
        }
    }

    [Fact]
    public void It_is_used_until_shortly_before_it_expires()
    {
        using var folder = new TemporaryFolder();
        var first = SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time);

        _time.Advance(SelfMadeCertificate.Lifetime - SelfMadeCertificate.Margin - TimeSpan.FromHours(1));
        Assert.Equal(first.Fingerprint, SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time).Fingerprint);

        _time.Advance(TimeSpan.FromHours(2));
        Assert.NotEqual(first.Fingerprint, SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time).Fingerprint);
    }

    [Fact]
    public void Another_address_gets_another_one()
    {
        using var folder = new TemporaryFolder();
        var first = SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time);
        var second = SelfMadeCertificate.Ensure(folder.Path, "192.168.7.21", _time);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.True(second.Certificate.MatchesHostname("192.168.7.21", allowWildcards: false, allowCommonName: false));
    }

    [Fact]
    public void A_damaged_one_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var first = SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time);
        File.WriteAllText(first.KeyFile, "no key");
        Assert.NotEqual(first.Fingerprint, SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time).Fingerprint);
    }

    [Fact]
    public void Its_key_is_readable_only_by_its_owner()
    {
        using var folder = new TemporaryFolder();
        var made = SelfMadeCertificate.Ensure(folder.Path, "192.168.7.20", _time);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made.KeyFile));
    }
}
