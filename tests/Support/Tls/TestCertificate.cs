using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Tests.Support.Tls;

/// <summary>A self-signed certificate for localhost, as PEM files in a temporary folder.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("causeway-").FullName;

    public TestCertificate() => Renew();

    public string ChainFile => Path.Combine(_folder, "chain.pem");

    public string KeyFile => Path.Combine(_folder, "key.pem");

    /// <summary>The SHA-256 hash of the certificate in the files, in hexadecimal.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Puts another certificate into the files.</summary>
    public void Renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var before = File.Exists(ChainFile) ? File.GetLastWriteTimeUtc(ChainFile) : DateTime.MinValue;
        File.WriteAllText(ChainFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        // A file system may keep times coarser than two renewals of a test are apart.
        if (File.GetLastWriteTimeUtc(ChainFile) <= before) File.SetLastWriteTimeUtc(ChainFile, before.AddSeconds(1));
        Hash = certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    /// <summary>Overwrites the chain with something else than a certificate.</summary>
    public void Break()
    {
        File.WriteAllText(ChainFile, "no certificate");
        File.SetLastWriteTimeUtc(ChainFile, DateTime.UtcNow.AddMinutes(1));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
