using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Causeway.Ops.Check;

/// <summary>Makes a TLS connection and judges the certificate: its name, its chain, and how long it still lasts.</summary>
internal static class CertificateCheck
{
    // Renewal begins 30 days before the end: with less than half of that left it has failed for two weeks.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <returns>The row, and whom the checks after it trust: where a bare address shows a certificate of its own making, that one too, as a person does who
    /// looked at the browser's warning.</returns>
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
                // Looked at here and judged below: an expired certificate is to be shown, not only refused.
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
                ? new($"port {port} speaks HTTP without TLS", $"check http://{new IPEndPoint(address, port)} instead, or have signalling listen with https there")
                : new($"what listens on port {port} speaks no TLS that this machine understands", "check that signalling has its certificate and listens with https there")), trust);
        }

        using (certificate)
        {
            if (certificate is null) return (row.Fail("none was shown", new("the server sent no certificate", "check signalling.certificateFile")), trust);
            var left = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow();
            var detail = string.Create(CultureInfo.InvariantCulture, $"{certificate.Subject}, {left.Days} days left");
            var judged = Judge(row, certificate, host, errors, problems, left, detail);
            return judged.Outcome == CheckOutcome.Failed && left > TimeSpan.Zero && trust.IsSystem && IsOwnOfBareAddress(certificate, host)
                ? (row with { Outcome = CheckOutcome.Warning, Detail = detail, Diagnosis = OwnMaking(certificate) }, Trust.Only(certificate))
                : (judged, trust);
        }
    }

    // An address without a scheme means HTTPS, and a local run has none.
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

    // No authority vouches for a bare address here, so a stack without a domain has nothing better to show; when its certificate is made the host has
    // no Elastic IP yet that could stand in it.
    private static bool IsOwnOfBareAddress(X509Certificate2 certificate, string host) => certificate.Subject == certificate.Issuer && IPAddress.TryParse(host, out _);

    private static Diagnosis OwnMaking(X509Certificate2 certificate) => new(
        $"it signs itself, so browsers warn; its SHA-256 fingerprint is {string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2", null)))}",
        "compare the fingerprint with the one that script/up --lan printed, or the instance's console; with a domain there is a certificate that browsers trust");

    private static CheckResult Judge(CheckResult row, X509Certificate2 certificate, string host, SslPolicyErrors errors, string problems, TimeSpan left, string detail)
    {
        if (left <= TimeSpan.Zero)
            return row.Fail(detail, new($"the certificate ended on {certificate.NotAfter:yyyy-MM-dd}", "renewal has failed: look at the log of the certificate timer on signalling's first node"));
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return row.Fail(detail, new($"the certificate is not for {host}", "use the name that it was made for, or have one made for this name"));
        if (errors != SslPolicyErrors.None)
            return row.Fail(detail, new(
                $"its chain is not trusted here ({problems})",
                certificate.Subject == certificate.Issuer ? "it signs itself: give its file with --trust" : "serve the whole chain, or give the authority's file with --trust"));
        return left < Soon
            ? row with { Outcome = CheckOutcome.Warning, Detail = detail, Diagnosis = new("it should have been renewed by now", "look at the log of the certificate timer on signalling's first node") }
            : row.Pass(detail);
    }
}
