using System.Net;

namespace Causeway.Lab.Network;

/// <summary>
/// The lab's DNS: Debian's dnsmasq on every router, as in most homes, all with the same records. It answers AAAA too, with nothing where a name
/// has no IPv6 address; an answer that never came would cost a browser seconds.
/// </summary>
public sealed class Names
{
    /// <summary>The domain of all names here (reserved for examples, RFC 2606).</summary>
    public const string Domain = "causeway.example";

    private readonly string _records;
    private int _added;

    internal Names(string scratch) => _records = Directory.CreateDirectory(Path.Combine(scratch, "names")).FullName;

    /// <summary>Adds a name; servers that run already take it at once.</summary>
    public void Add(string name, params IEnumerable<IPAddress> addresses) =>
        File.WriteAllLines(Path.Combine(_records, $"{++_added}"), addresses.Select(address => $"{address} {name}"));

    internal void ServeOn(Host host, string device, IEnumerable<IPAddress> addresses) => host.Start("dnsmasq",
    [
        "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--log-facility=-", "--no-resolv", "--no-hosts",
        $"--hostsdir={_records}", $"--local=/{Domain}/", "--bind-interfaces", "--except-interface=lo", $"--interface={device}",
        .. addresses.Select(address => $"--listen-address={address}"),
    ]).LineWith("started", within: TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
}
