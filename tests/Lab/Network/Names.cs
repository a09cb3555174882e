using System.Net;

namespace Causeway.Lab.Network;

/// <summary>
/// The lab's DNS: Debian's dnsmasq on every router, as in most homes, all with the same records. It answers AAAA too, with nothing where a
/// name has no IPv6 address; an answer that never came would cost a browser seconds.
/// </summary>
public sealed class Names
{
    /// <summary>The domain of all names here (reserved for examples, RFC 2606).</summary>
    public const string Domain = "causeway.example";

    private readonly string _records;
    private readonly string _servers;
    private readonly List<RunningProgram> _running = [];
    private int _added;

    internal Names(string scratch)
    {
        _records = Directory.CreateDirectory(Path.Combine(scratch, "names")).FullName;
        _servers = Path.Combine(scratch, "name-servers");
        // Nothing is forwarded: names without a record do not exist.
        File.WriteAllText(_servers, $"server=/{Domain}/\n");
    }

    /// <summary>Adds a name; servers that run already take it at once.</summary>
    public void Add(string name, params IEnumerable<IPAddress> addresses) =>
        File.WriteAllLines(Path.Combine(_records, $"{++_added}"), addresses.Select(address => $"{address} {name}"));

    /// <summary>
    /// Delegates the domain to a name server: it answers for records that are not here, such as those of other types.
    /// </summary>
    internal void Delegate(params IEnumerable<IPAddress> servers)
    {
        File.WriteAllLines(_servers, servers.Select(address => $"server=/{Domain}/{address}"));
        foreach (var server in _running) Signals.Send(server.Id, Signals.HangUp);
    }

    internal void ServeOn(Host host, string device, IEnumerable<IPAddress> addresses)
    {
        var server = host.Start("dnsmasq",
        [
            "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--log-facility=-", "--no-resolv", "--no-hosts",
            $"--hostsdir={_records}", $"--servers-file={_servers}", "--bind-interfaces", "--except-interface=lo", $"--interface={device}",
            .. addresses.Select(address => $"--listen-address={address}"),
        ]);
        _running.Add(server);
        server.LineWith("started", within: TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
    }
}
