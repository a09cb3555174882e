using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Ops.Check;

/// <summary>Connects with TLS and checks the certificate's name, chain and remaining lifetime.</summary>
internal static class CertificateCheck
{
    // Renewal starts 30 days before the end: with less than half of that left, it has failed for two weeks.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <returns>The row, and the trust of the following checks: they also trust the self-signed certificate of a bare address.</returns>
    public static async Task<(CheckResult Row, Trust Trust)> RunAsync(
        CheckResult row, string host, IPAddress address, int port, Trust trust, TimeProvider time, CancellationToken cancellation)
    {
        X509Certificate2? certificate = null;
        var (errors, problems) = (SslPolicyErrors.None, "");
        try
        {
            using var tcp = new TcpClient(address.AddressFamily);
            await tcp.ConnectAsync(address, port, cancellation);
            await using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                // Accepted here and checked below, so that an expired certificate is described.
                RemoteCertificateValidationCallback = (_, shown, chain, found) =>
                {
                    if (shown is not null) certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
                    errors = trust.Judge(shown, chain, found);
                    problems = string.Join(", ", (chain?.ChainStatus ?? []).Select(status => status.Status).Distinct());
                    return true;
                },
            }, cancellation);
        }
        catch (SocketException failure)
        {
            return (row.Fail(failure.Message, Diagnoses.Connect(failure, port)), trust);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            return (row.Fail(failure.Message, await AnswersHttpAsync(address, port, cancellation)
                ? new(
                    $"port {port} uses HTTP without TLS",
                    $"check http://{new IPEndPoint(address, port)} instead, or configure signalling to listen with https")
                : new(
                    $"port {port} doesn't use TLS, or a version that this machine doesn't support",
                    "check that signalling has its certificate and listens with https")), trust);
        }

        using (certificate)
        {
            if (certificate is null)
                return (row.Fail("no certificate", new("the server sent no certificate", "check signalling.certificateFile")), trust);
            var left = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow();
            var detail = string.Create(CultureInfo.InvariantCulture, $"{certificate.Subject}, {left.Days} days left");
            var judged = Judge(row, certificate, host, errors, problems, left, detail);
            var isUntrusted = judged.Outcome == CheckOutcome.Failed && left > TimeSpan.Zero;
            return isUntrusted && trust.IsSystem && IsSelfSignedOfAddress(certificate, host)
                ? (row.Warn(detail, SelfSigned(certificate)), Trust.Only(certificate))
                : (judged, trust);
        }
    }

    // An address without a scheme means HTTPS, which a local run doesn't have.
    private static async Task<bool> AnswersHttpAsync(IPAddress address, int port, CancellationToken cancellation)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{new IPEndPoint(address, port)}/healthz");
            using var response = await http.SendAsync(request, cancellation);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // A stack without a domain has a self-signed certificate, which is created before the host has the Elastic IP.
    private static bool IsSelfSignedOfAddress(X509Certificate2 certificate, string host) =>
        IsSelfSigned(certificate) && IPAddress.TryParse(host, out _);

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.Subject == certificate.Issuer;

    private static Diagnosis SelfSigned(X509Certificate2 certificate)
    {
        var fingerprint = string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2", null)));
        return new(
            $"the certificate is self-signed, so browsers warn; its SHA-256 fingerprint is {fingerprint}",
            "compare it with the output of script/up --lan or of the instance's console; with a domain, browsers trust the certificate");
    }

    private static CheckResult Judge(
        CheckResult row, X509Certificate2 certificate, string host, SslPolicyErrors errors, string problems, TimeSpan left, string detail)
    {
        const string renewal = "check the log of the certificate timer on signalling's first node";
        if (left <= TimeSpan.Zero)
            return row.Fail(detail, new($"the certificate expired on {certificate.NotAfter:yyyy-MM-dd}", $"renewal failed: {renewal}"));
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return row.Fail(detail, new($"the certificate isn't valid for {host}", "use one of its names, or issue one for this name"));
        if (errors != SslPolicyErrors.None)
        {
            return row.Fail(detail, new(
                $"the certificate's chain isn't trusted ({problems})",
                IsSelfSigned(certificate)
                    ? "it is self-signed: pass its file with --trust"
                    : "serve the whole chain, or pass the authority's file with --trust"));
        }
        return left < Soon ? row.Warn(detail, new("the certificate is overdue for renewal", renewal)) : row.Pass(detail);
    }
}
