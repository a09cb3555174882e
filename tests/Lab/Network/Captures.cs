using System.Globalization;

namespace Causeway.Lab.Network;

/// <summary>Keeps what passes a host, for a look with Wireshark.</summary>
public static class Captures
{
    // Headers, and the names in DNS: what is in TLS cannot be read anyway.
    private const int RingSnapLength = 256;
    private const int RingFiles = 2;
    private const int RingMegabytes = 8;

    /// <summary>Whether this machine can capture (Debian's tcpdump).</summary>
    public static bool Possible => ShellCommand.Exists("tcpdump");

    /// <summary>
    /// Writes every packet on every device of a host to <c>HOST.pcap</c> among the testbed's logs, until the testbed ends.
    /// </summary>
    /// <returns>The file.</returns>
    public static async Task<string> CaptureAsync(this Testbed testbed, Host host)
    {
        var file = Path.Combine(testbed.Logs, host.Name + ".pcap");
        await StartAsync(host, ["-w", file]);
        return file;
    }

    /// <summary>
    /// Keeps the headers of the last packets on every device of a host, until the testbed ends, in two files of 8 MB, of which the older
    /// one is overwritten.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="file">The beginning of the files' names.</param>
    /// <param name="filter">Which packets (pcap-filter(7)).</param>
    public static Task CaptureLastAsync(this Host host, string file, string filter) => StartAsync(host,
        ["-s", Text(RingSnapLength), "-C", Text(RingMegabytes), "-W", Text(RingFiles), "-w", file, filter]);

    private static async Task StartAsync(Host host, IEnumerable<string> arguments)
    {
        var tcpdump = host.Start("tcpdump", ["-i", "any", "--immediate-mode", "-U", "-Z", "root", .. arguments]);
        await tcpdump.LineWith("listening on", within: TimeSpan.FromSeconds(60));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
