using System.Globalization;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Services;

namespace Causeway.Ops.Local;

/// <summary>What <c>script/up</c> prints once everything answers.</summary>
internal static class Announcement
{
    /// <summary>How long the printed credential lasts: a working day, for other programs that try this relay.</summary>
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
            $"  Room link    {link}    (in two windows: a call with yourself)",
            $"  Over relay   {link}?relay    (media through the relay even where a direct path exists)",
            "",
        };
        if (certificate is not null)
            lines.AddRange([
                "  Served to the local network over HTTPS, with a certificate made on this machine:",
                "  each browser warns once. Compare before you go on (SHA-256):",
                $"  {certificate.Fingerprint[..47]}",
                $"  {certificate.Fingerprint[48..]}",
                string.Create(CultureInfo.InvariantCulture, $"  It lasts until {certificate.Certificate.NotAfter.ToUniversalTime():yyyy-MM-dd} and is made anew by itself."),
                "",
                "  The room link for a phone's camera:",
                .. QrCode.Lines(link).Select(line => $"  {line}"),
                "",
            ]);
        lines.AddRange([
            string.Create(CultureInfo.InvariantCulture, $"iceServers, with a credential until {expiry:yyyy-MM-dd HH:mm} UTC:"),
            IcePlan.ToJson(plan.IceServers(expiry.ToUnixTimeSeconds())),
            "",
            "Ctrl-C stops it.",
        ]);
        return string.Join('\n', lines);
    }
}
