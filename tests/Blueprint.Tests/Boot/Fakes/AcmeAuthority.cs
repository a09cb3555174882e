using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Tests.Support.Tls;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>An ACME authority (RFC 8555): Debian's pebble, with the test's name server.</summary>
internal sealed class AcmeAuthority : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-acme-");
    private readonly int _port = FreePorts.Take();
    private RunningProgram _pebble = null!;

    private AcmeAuthority() { }

    /// <summary>Its directory.</summary>
    public string Url => $"https://127.0.0.1:{_port}/dir";

    /// <summary>The certificate of its own TLS, PEM.</summary>
    public string Trust { get; private set; } = "";

    public int Orders => Pebble.Orders(Log);

    public string Log => _pebble.Output;

    /// <param name="dns">Its name server.</param>
    /// <param name="lifetime">The lifetime of its certificates.</param>
    /// <param name="refused">Names that it issues no certificate for.</param>
    public static async Task<AcmeAuthority> StartAsync(IPAddress dns, TimeSpan lifetime, params string[] refused)
    {
        var authority = new AcmeAuthority();
        await authority.RunAsync(dns, lifetime, refused);
        return authority;
    }

    public async ValueTask DisposeAsync()
    {
        await _pebble.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task RunAsync(IPAddress dns, TimeSpan lifetime, string[] refused)
    {
        var (certificate, key) = (Path.Combine(_folder.FullName, "tls.pem"), Path.Combine(_folder.FullName, "tls.key"));
        using (var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            var request = new CertificateRequest("CN=acme", pair, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var self = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            Trust = self.ExportCertificatePem();
            await File.WriteAllTextAsync(certificate, Trust);
            await File.WriteAllTextAsync(key, pair.ExportPkcs8PrivateKeyPem());
        }

        var arguments = Pebble.Arguments(
            Path.Combine(_folder.FullName, "pebble.json"), $"127.0.0.1:{_port}", $"127.0.0.1:{FreePorts.Take()}", (certificate, key),
            $"{dns}:53", lifetime, refused);
        _pebble = RunningProgram.Start("pebble", arguments, Pebble.Environment);
        await _pebble.LineWith(Pebble.Ready, TimeSpan.FromMinutes(2));
    }
}
