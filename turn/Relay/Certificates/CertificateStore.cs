using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Relay.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Relay.Certificates;

/// <summary>
/// The certificate of the TLS listeners, from two PEM files. Whenever a handshake asks for it, files that changed are read again, at most once a second; a
/// pair that does not fit (a renewal caught half-way) leaves the old one in use, and is told of once. Connections that stand are not touched. Signalling uses it too.
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

    /// <summary>Reads the files. Null, with a mistake, when they hold no certificate with its key.</summary>
    /// <param name="section">The section of the settings that names the files.</param>
    /// <param name="chainFile">The certificate, and its issuers after it.</param>
    /// <param name="keyFile">The certificate's key.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public static CertificateStore? Load(string section, string chainFile, string keyFile, ICollection<string> mistakes)
    {
        try
        {
            return new(chainFile, keyFile);
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            mistakes.Add($"{section}.certificateFile: {chainFile} with {keyFile} cannot be used ({failure.Message.TrimEnd('.')}); write PEM files of a certificate chain and of its own key, readable by the service's user");
            return null;
        }
    }

    /// <summary>The certificate to show now.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _checked)) >= CheckInterval) Check();
            return _current;
        }
    }

    /// <summary>The certificate that was read last, whatever the files hold now.</summary>
    public SslStreamCertificateContext Loaded => _current;

    /// <summary>From now on it logs, and lives by a host's clock.</summary>
    public void Start(ILogger logger, TimeProvider time)
    {
        (_logger, _time) = (logger, time);
        _checked = time.GetTimestamp();
        Tell();
    }

    private void Check()
    {
        if (!_reading.TryEnter()) return;
        try
        {
            Volatile.Write(ref _checked, _time.GetTimestamp());
            var changes = Changes();
            if (changes == _read || changes == _refused) return;

            // Until it is read, and so that it is told of once.
            _refused = changes;
            _current = Read();
            _read = changes;
            Tell();
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
        // The file begins with the server's own certificate; the others are its issuers. Nothing is fetched from elsewhere.
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(_chainFile, _keyFile), [.. chain.Skip(1)], offline: true);
    }

    private void Tell() => _logger.CertificateInUse(_current.TargetCertificate.Subject, _current.TargetCertificate.NotAfter.ToUniversalTime());

    private static bool IsUnusable(Exception failure) => failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;
}
