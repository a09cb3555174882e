using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Ops.Local;

/// <summary>
/// A self-signed certificate for HTTPS in the local network, since browsers allow the camera only over HTTPS. They warn about it once.
/// </summary>
/// <param name="ChainFile">PEM file of the certificate.</param>
/// <param name="KeyFile">PEM file of its private key, readable only by its owner.</param>
/// <param name="Certificate">The certificate, without its key.</param>
internal sealed record SelfMadeCertificate(string ChainFile, string KeyFile, X509Certificate2 Certificate)
{
    /// <summary>The lifetime of a new certificate. Some systems reject more than 398 days.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>A certificate with less time left is renewed.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromDays(7);

    /// <summary>Gets the SHA-256 fingerprint as browsers show it: <c>AB:CD:…</c>.</summary>
    public string Fingerprint =>
        string.Join(':', Certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2", null)));

    /// <summary>Returns the certificate for an address: the one in the folder while it is valid, otherwise a new one.</summary>
    /// <exception cref="OpsException">The folder can't be written.</exception>
    public static SelfMadeCertificate Ensure(string folder, string address, TimeProvider time)
    {
        var chain = Path.Combine(folder, "certificate.pem");
        var key = Path.Combine(folder, "key.pem");
        if (TryLoad(chain, key) is { } kept && IsFor(kept, address) && kept.NotAfter.ToUniversalTime() > time.GetUtcNow() + Margin)
            return new(chain, key, kept);

        using var made = Make(address, time.GetUtcNow());
        using var secret = made.GetECDsaPrivateKey()!;
        PrivateFile.Write(key, secret.ExportPkcs8PrivateKeyPem() + "\n");
        PrivateFile.Write(chain, made.ExportCertificatePem() + "\n");
        return new(chain, key, X509CertificateLoader.LoadCertificate(made.RawData));
    }

    private static X509Certificate2 Make(string address, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));

        // A day in the past, since a phone's clock may be slow.
        return request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
    }

    private static X509Certificate2? TryLoad(string chain, string key)
    {
        try
        {
            // With the key, to check that the two files match.
            using var both = X509Certificate2.CreateFromPemFile(chain, key);
            return X509CertificateLoader.LoadCertificate(both.RawData);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsFor(X509Certificate2 certificate, string address) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(names => names.EnumerateIPAddresses().Any(known => known.ToString() == address));
}
