using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Tests.Support.Tls;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>Debian's pebble: an authority that speaks ACME (RFC 8555) and looks names up at the test's own name server.</summary>
internal sealed class AcmeAuthority : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-acme-");
    private readonly int _port = FreePorts.Take();
    private RunningProgram _pebble = null!;

    private AcmeAuthority() { }

    /// <summary>The URL of its directory.</summary>
    public string Url => $"https://127.0.0.1:{_port}/dir";

    /// <summary>The certificate that its own TLS is trusted by, PEM.</summary>
    public string Trust { get; private set; } = "";

    /// <summary>How many certificates were ordered.</summary>
    public int Orders => Pebble.Orders(Log);

    /// <summary>What it printed.</summary>
    public string Log => _pebble.Output;

    /// <summary>Starts it.</summary>
    /// <param name="dns">The name server that it asks.</param>
    /// <param name="lifetime">How long the certificates that it gives last.</param>
    /// <param name="refused">Names that it gives no certificate for.</param>
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

        var arguments = Pebble.Arguments(Path.Combine(_folder.FullName, "pebble.json"), $"127.0.0.1:{_port}",
            $"127.0.0.1:{FreePorts.Take()}",
            (certificate, key), $"{dns}:53", lifetime, refused);
        _pebble = RunningProgram.Start("pebble", arguments, Pebble.Environment);
        await _pebble.LineWith(Pebble.Ready, TimeSpan.FromMinutes(2));
    }
}
