using System.Globalization;
using System.Text;
using Causeway.Relay.Admin;

namespace Causeway.Relay.Commands;

/// <summary>Renders sessions for a terminal, a line each.</summary>
internal static class SessionTable
{
    private static readonly string[] Columns = ["id", "subject", "client", "relayed", "created", "expires", "to peers", "to client"];

    public static string Render(IReadOnlyList<Session> sessions)
    {
        var rows = sessions.Select(Row).Prepend(Columns).ToList();
        var widths = Columns.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column == row.Length - 1 ? cell : cell.PadRight(widths[column]));
            text.Append(string.Join("  ", cells)).Append('\n');
        }

        return text.Append(Count(sessions.Count, "session")).Append('\n').ToString();
    }

    private static string[] Row(Session session) =>
    [
        session.Id,
        session.Subject,
        $"{session.Transport} {session.Client}",
        string.Join(", ", session.Relayed.Select(relayed => $"{relayed.Transport} {relayed.Address}")),
        Time(session.Created),
        Time(session.Expires),
        Traffic(session.PacketsToPeers, session.BytesToPeers),
        Traffic(session.PacketsToClient, session.BytesToClient),
    ];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Traffic(long packets, long bytes) => $"{Count(bytes, "byte")} in {Count(packets, "packet")}";

    private static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
