using System.Globalization;

namespace Causeway.Relay.Tests.Coturn;

/// <summary>
/// Counts the datagrams that the system dropped because a socket's buffer was full: a process on this machine read too slowly. The system
/// counts all sockets of the network namespace together (<c>InErrors</c> of IPv4 and IPv6).
/// </summary>
internal sealed class SystemDrops
{
    private readonly long _before = Read();

    /// <summary>The number of drops so far; 0 if the system doesn't report it.</summary>
    public long Count => Read() - _before;

    private static long Read() => Ipv4() + Ipv6();

    // Two lines, the names and the numbers: "Udp: InDatagrams NoPorts InErrors ..." and "Udp: 8123461 3301 30723 ..." (proc(5)).
    private static long Ipv4()
    {
        var lines = Lines("/proc/net/snmp").Where(line => line.StartsWith("Udp: ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToArray();
        return lines is [var names, var numbers] && Array.IndexOf(names, "InErrors") is > 0 and var at ? Number(numbers[at]) : 0;
    }

    private static long Ipv6() =>
        Lines("/proc/net/snmp6")
            .Where(line => line.StartsWith("Udp6InErrors", StringComparison.Ordinal))
            .Sum(line => Number(line["Udp6InErrors".Length..]));

    private static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];
}
