using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Relay.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Relay.Certificates;

/// <summary>
/// The certificate of TLS listeners, from two PEM files. Each handshake reads it, and changed files are loaded again, at most once a
/// second. A pair that doesn't match (a renewal caught halfway) keeps the old certificate in use and is logged once. Open connections are
/// not affected. Signalling uses it too.
/// </summary>
internal sealed class CertificateStore
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string _chainFile;
    private readonly string _keyFile;
    private readonly Lock _reading = new();
    private volatile SslStreamCertificateContext _current;
    private ILogger _logger = NullLogger.Instance;
    private TimeProvider _time = TimeProvider.System;
    private (DateTime Chain, DateTime Key) _read;
    private (DateTime Chain, DateTime Key) _refused;
    private long _checked;

    private CertificateStore(string chainFile, string keyFile)
    {
        (_chainFile, _keyFile) = (chainFile, keyFile);
        _read = Changes();
        _current = Read();
        _checked = _time.GetTimestamp();
    }

    /// <summary>Loads the files. Returns null and adds a mistake when they don't contain a certificate with its key.</summary>
    /// <param name="section">The section of the settings.</param>
    /// <param name="chainFile">The certificate, followed by its issuers.</param>
    /// <param name="keyFile">The certificate's key.</param>
    /// <param name="mistakes">Receives a line for each mistake.</param>
    public static CertificateStore? Load(string section, string chainFile, string keyFile, ICollection<string> mistakes)
    {
        try
        {
            return new(chainFile, keyFile);
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            mistakes.Add(
                $"{section}.certificateFile: {chainFile} with {keyFile} cannot be used ({failure.Message.TrimEnd('.')}); "
                + "write PEM files of a certificate chain and of its own key, readable by the service's user");
            return null;
        }
    }

    /// <summary>The current certificate.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _checked)) >= CheckInterval) Check();
            return _current;
        }
    }

    /// <summary>Whether a shown certificate is the current one.</summary>
    public bool IsCurrent(X509Certificate? shown) => shown?.GetCertHashString(HashAlgorithmName.SHA256)
        == Current.TargetCertificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>The loaded certificate, without looking at the files.</summary>
    public SslStreamCertificateContext Loaded => _current;

    /// <summary>Sets the log and the clock, and logs the certificate.</summary>
    public void Start(ILogger logger, TimeProvider time)
    {
        (_logger, _time) = (logger, time);
        _checked = time.GetTimestamp();
        Log();
    }

    private void Check()
    {
        if (!_reading.TryEnter()) return;
        try
        {
            Volatile.Write(ref _checked, _time.GetTimestamp());
            var changes = Changes();
            if (changes == _read || changes == _refused) return;

            // Until it is loaded, and so that it is logged only once.
            _refused = changes;
            _current = Read();
            _read = changes;
            Log();
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            _logger.CertificateNotReloaded(failure.Message);
        }
        finally
        {
            _reading.Exit();
        }
    }

    private (DateTime, DateTime) Changes() => (File.GetLastWriteTimeUtc(_chainFile), File.GetLastWriteTimeUtc(_keyFile));

    private SslStreamCertificateContext Read()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_chainFile);
        // The file begins with the server's own certificate; the others are its issuers. Offline: nothing is downloaded.
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(_chainFile, _keyFile), [.. chain.Skip(1)], offline: true);
    }

    private void Log()
    {
        var certificate = _current.TargetCertificate;
        _logger.CertificateInUse(certificate.Subject, certificate.NotAfter.ToUniversalTime());
    }

    private static bool IsUnusable(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;
}
