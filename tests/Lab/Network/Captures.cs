namespace Causeway.Lab.Network;

/// <summary>Keeps what passes a host, for a look with Wireshark.</summary>
public static class Captures
{
    /// <summary>Whether this machine can capture (Debian's tcpdump).</summary>
    public static bool Possible => ShellCommand.Exists("tcpdump");

    /// <summary>Writes every packet on every device of a host to <c>HOST.pcap</c> among the testbed's logs, until the testbed ends.</summary>
    /// <returns>The file.</returns>
    public static async Task<string> CaptureAsync(this Testbed testbed, Host host)
    {
        var file = Path.Combine(testbed.Logs, host.Name + ".pcap");
        var tcpdump = host.Start("tcpdump", ["-i", "any", "--immediate-mode", "-U", "-Z", "root", "-w", file]);
        await tcpdump.LineWith("listening on", within: TimeSpan.FromSeconds(60));
        return file;
    }
}
