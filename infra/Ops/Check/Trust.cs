using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Ops.Check;

/// <summary>The certificates that the checks trust.</summary>
public sealed class Trust
{
    private readonly X509Certificate2Collection? _roots;
    private readonly byte[]? _only;

    private Trust(X509Certificate2Collection? roots, byte[]? only = null) => (_roots, _only) = (roots, only);

    /// <summary>The system's certificate authorities.</summary>
    public static Trust System { get; } = new(null);

    /// <summary>Trusts only the certificates of a PEM file.</summary>
    /// <exception cref="OpsException">The file can't be read.</exception>
    public static Trust File(FileInfo file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file.FullName);
            return roots.Count > 0
                ? new(roots)
                : throw new OpsException($"--trust: {file} contains no certificate; pass a PEM file", OpsException.Wrong);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OpsException($"--trust: can't read {file} ({cause.Message}); pass a PEM file", cause: cause);
        }
    }

    /// <summary>Trusts only this certificate, whatever its name and dates.</summary>
    public static Trust Only(X509Certificate2 certificate) => new(null, certificate.RawData);

    /// <summary>Gets whether the system's certificate authorities decide.</summary>
    public bool IsSystem => _roots is null && _only is null;

    /// <summary>Gets the validation callback; null uses the system's validation.</summary>
    public RemoteCertificateValidationCallback? Callback =>
        IsSystem ? null : (_, certificate, chain, errors) => Judge(certificate, chain, errors) == SslPolicyErrors.None;

    /// <summary>Returns the errors of a certificate, given the errors that the system found.</summary>
    public SslPolicyErrors Judge(X509Certificate? certificate, X509Chain? shown, SslPolicyErrors errors)
    {
        if (_only is not null)
        {
            return certificate?.GetRawCertData().AsSpan().SequenceEqual(_only) == true
                ? SslPolicyErrors.None
                : errors | SslPolicyErrors.RemoteCertificateChainErrors;
        }
        if (_roots is null || !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || certificate is null) return errors;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        foreach (var element in shown?.ChainElements.AsEnumerable() ?? []) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(leaf) ? errors & ~SslPolicyErrors.RemoteCertificateChainErrors : errors;
    }
}
