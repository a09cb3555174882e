using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Lab.Network;

/// <summary>
/// A certificate authority that only browsers and hosts of one testbed trust. It issues what a public one would, so that TLS is checked in
/// earnest: a certificate for another name is refused.
/// </summary>
public sealed class LabAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _folder;

    internal LabAuthority(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        var request = new CertificateRequest("CN=Causeway lab authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(120));
        CertificateFile = Path.Combine(_folder, "authority.pem");
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem() + "\n");
        TrustFile = Path.Combine(_folder, "trust.pem");
        File.Copy(CertificateFile, TrustFile);
        _trusted.Add(CertificateFile);
    }

    /// <summary>The authority's own certificate, PEM.</summary>
    public string CertificateFile { get; }

    /// <summary>The certificates of all authorities that browsers and clients here trust, in one file, PEM.</summary>
    public string TrustFile { get; }

    /// <summary>The same, a file for each.</summary>
    public IReadOnlyList<string> Trusted => _trusted;
    private readonly List<string> _trusted = [];

    /// <summary>Has browsers and clients that start later trust another authority too.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="pem">Its certificate.</param>
    public void Trust(string name, string pem)
    {
        var file = Path.Combine(_folder, $"trusted-{name}.pem");
        File.WriteAllText(file, pem);
        File.AppendAllText(TrustFile, pem);
        _trusted.Add(file);
    }

    /// <summary>Issues a certificate.</summary>
    /// <param name="name">A DNS name, which may begin with <c>*.</c>; the files are called after it.</param>
    /// <param name="more">Further names, and literal addresses.</param>
    /// <returns>PEM files of the chain and of the key.</returns>
    public (string ChainFile, string KeyFile) Issue(string name, params ReadOnlySpan<string> more) =>
        Issue(TimeSpan.FromDays(90), name, more);

    /// <summary>Issues a certificate that ends after a time; it began an hour ago.</summary>
    /// <inheritdoc cref="Issue(string, ReadOnlySpan{string})"/>
    public (string ChainFile, string KeyFile) Issue(TimeSpan lasting, string name, params ReadOnlySpan<string> more)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var one in (ReadOnlySpan<string>)[name, .. more])
        {
            if (IPAddress.TryParse(one, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(one);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var issued = request.Create(
            _certificate, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow + lasting, RandomNumberGenerator.GetBytes(16));

        var path = Path.Combine(_folder, name.Replace('*', '_'));
        File.WriteAllText(path + ".pem", issued.ExportCertificatePem() + "\n" + _certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
        return (path + ".pem", path + ".key");
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
