using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Network;

/// <summary>A machine of the testbed: a network namespace with addresses, in which processes run and from which sockets speak.</summary>
public sealed class Host
{
    private readonly Testbed _testbed;

    internal Host(Testbed testbed, string name)
    {
        _testbed = testbed;
        Name = name;
        Namespace = NetworkNamespace.Add(TestOwner.Current.NameOf($"{testbed.Number}-{name}"));
        // There are no duplicate addresses here, and detecting them silences a device for its first second.
        Sysctl("ipv6.conf.default.accept_dad", 0);
        // Hosts of one link meet without its router's firewall, which this module (when it is loaded) puts between them.
        foreach (var family in (string[])["ip", "ip6"])
            if (Directory.Exists("/proc/sys/net/bridge")) Sysctl($"bridge.bridge-nf-call-{family}tables", 0);
    }

    /// <summary>What the scenario calls it.</summary>
    public string Name { get; }

    /// <summary>The name under <c>ip netns</c>, for a look from outside.</summary>
    public string NamespaceName => Namespace.Name;

    /// <summary>Its addresses, in the order they were given.</summary>
    public IReadOnlyList<IPAddress> Addresses => _addresses;
    private readonly List<IPAddress> _addresses = [];

    /// <summary>Its first IPv4 address.</summary>
    public IPAddress IPv4 => Of(AddressFamily.InterNetwork);

    /// <summary>Its first IPv6 address.</summary>
    public IPAddress IPv6 => Of(AddressFamily.InterNetworkV6);

    /// <summary>The wire to its router, of a host that is far away (<see cref="Site.DistantHost"/>); null of all others.</summary>
    public Wire? Wire { get; internal set; }

    internal NetworkNamespace Namespace { get; }

    /// <summary>Runs a program here to its end and returns what it printed; another exit code than 0 is an exception.</summary>
    public string Run(string program, params IEnumerable<string> arguments) => ShellCommand.Run("ip", Exec(program, arguments));

    /// <summary>Starts a program here; it is ended with the testbed at the latest. What it prints is kept in the testbed's logs.</summary>
    public RunningProgram Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var name = $"{Name}-{Path.GetFileName(program)}";
        var variables = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>()) { ["LC_ALL"] = "C.UTF-8" };
        return _testbed.Track(
            RunningProgram.Start("ip", Exec(program, arguments), variables, Path.Combine(_testbed.Logs, name + ".log"), name));
    }

    /// <summary>Calls code on a thread that is inside this host's network; sockets made there stay there.</summary>
    public T Call<T>(Func<T> code) => Namespace.Call(code);

    /// <summary>A UDP socket of this host, on its first address of a family.</summary>
    public Socket Udp(AddressFamily family = AddressFamily.InterNetwork, int port = 0) => Namespace.Udp(new(Of(family), port));

    /// <summary>Whether a TCP connection from here is accepted there within the time given.</summary>
    public bool CanConnect(IPEndPoint there, TimeSpan within) => Call(() =>
    {
        using var socket = new Socket(there.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var connecting = socket.BeginConnect(there, null, null);
        return connecting.AsyncWaitHandle.WaitOne(within) && socket.Connected;
    });

    internal void Has(IPAddress address) => _addresses.Add(address);

    /// <summary>The name of its next device: no two have the same, as a machine's wired and wireless ones have not.</summary>
    internal string NextDevice() => $"eth{_devices++}";
    private int _devices;

    /// <summary>Takes its last device away.</summary>
    internal void Unplug()
    {
        Namespace.Ip($"link delete eth{_devices - 1}");
        _addresses.Clear();
    }

    /// <summary>Tells programs here which DNS server to ask.</summary>
    internal void ResolvesBy(IPAddress server)
    {
        Directory.CreateDirectory(Namespace.EtcFolder);
        File.WriteAllText(Path.Combine(Namespace.EtcFolder, "resolv.conf"), $"nameserver {server}\n");
    }

    /// <inheritdoc cref="NetworkNamespace.Sysctl"/>
    internal void Sysctl(string key, int value) => Namespace.Sysctl(key, value);

    private IPAddress Of(AddressFamily family) =>
        _addresses.Find(address => address.AddressFamily == family)
            ?? throw new InvalidOperationException($"host {Name} has no address of family {family}");

    private IEnumerable<string> Exec(string program, IEnumerable<string> arguments) =>
        ["netns", "exec", Namespace.Name, program, .. arguments];
}
