using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Ops.Check;

/// <summary>Whom the checks trust besides, or instead of, the system's certificate authorities.</summary>
public sealed class Trust
{
    private readonly X509Certificate2Collection? _roots;
    private readonly byte[]? _only;

    private Trust(X509Certificate2Collection? roots, byte[]? only = null) => (_roots, _only) = (roots, only);

    /// <summary>The system's certificate authorities.</summary>
    public static Trust System { get; } = new(null);

    /// <summary>The certificates of a PEM file, and no other.</summary>
    /// <exception cref="OpsException">It cannot be read.</exception>
    public static Trust File(FileInfo file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file.FullName);
            return roots.Count > 0 ? new(roots) : throw new OpsException($"--trust: there is no certificate in {file}; give a PEM file", OpsException.Wrong);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OpsException($"--trust: {file} cannot be read ({cause.Message}); give a PEM file", cause: cause);
        }
    }

    /// <summary>One server's certificate, whatever it says, and no other.</summary>
    public static Trust Only(X509Certificate2 certificate) => new(null, certificate.RawData);

    /// <summary>Whether the system's certificate authorities decide.</summary>
    public bool IsSystem => _roots is null && _only is null;

    /// <summary>Judges a server's certificate; null leaves it to the system.</summary>
    public RemoteCertificateValidationCallback? Callback =>
        IsSystem ? null : (_, certificate, chain, errors) => Judge(certificate, chain, errors) == SslPolicyErrors.None;

    /// <summary>What is wrong with a certificate, given what the system finds wrong with it.</summary>
    public SslPolicyErrors Judge(X509Certificate? certificate, X509Chain? shown, SslPolicyErrors errors)
    {
        if (_only is not null) return certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(_only) ? SslPolicyErrors.None : errors | SslPolicyErrors.RemoteCertificateChainErrors;
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
