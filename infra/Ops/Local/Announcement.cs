using System.Globalization;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Services;

namespace Causeway.Ops.Local;

/// <summary>What <c>script/up</c> prints once everything answers.</summary>
internal static class Announcement
{
    /// <summary>The lifetime of the printed credential: a working day, for other programs that use this relay.</summary>
    public static readonly TimeSpan CredentialLifetime = TimeSpan.FromHours(12);

    public static string Text(LocalPlan plan, SelfMadeCertificate? certificate, string room, DateTimeOffset now)
    {
        var expiry = now + CredentialLifetime;
        var link = plan.RoomLink(room);
        var lines = new List<string>
        {
            "",
            "Causeway is ready: the page answers, and the relay has relayed a probe.",
            "",
            $"  Open         {plan.Address}",
            $"  Room link    {link}    (open it in two windows)",
            $"  Over relay   {link}?relay    (forces the media through the relay)",
            "",
        };
        if (certificate is not null)
            lines.AddRange([
                "  The local network is served over HTTPS with a self-signed certificate, so each browser warns once.",
                "  Compare the fingerprint before you continue (SHA-256):",
                $"  {certificate.Fingerprint[..47]}",
                $"  {certificate.Fingerprint[48..]}",
                $"  It expires on {Day(certificate.Certificate.NotAfter.ToUniversalTime())}, and is renewed before.",
                "",
                "  The room link for a phone's camera:",
                .. QrCode.Lines(link).Select(line => $"  {line}"),
                "",
            ]);
        lines.AddRange([
            string.Create(CultureInfo.InvariantCulture, $"iceServers with a credential valid until {expiry:yyyy-MM-dd HH:mm} UTC:"),
            IcePlan.ToJson(plan.IceServers(expiry.ToUnixTimeSeconds())),
            "",
            "Press Ctrl-C to stop.",
        ]);
        return string.Join('\n', lines);
    }

    private static string Day(DateTime time) => IsoDay.Text(DateOnly.FromDateTime(time));
}
