using System.Net;

namespace Causeway.Lab.Network;

/// <summary>
/// A local network with a router before it. IPv4 hosts are numbered in 192.0.2.0/24, 16 addresses a site, and translated; IPv6 hosts have
/// global addresses, without NAT alone.
/// </summary>
public sealed class Site
{
    // Of 16 addresses each in 192.0.2.0/24: the first is the network's, the last its broadcast address. Carriers have 8 each in
    // 198.51.100.0/25.
    private const int MostSites = 16;
    private const int LastHost = 14;

    private readonly Testbed _testbed;
    private readonly string _name;
    private readonly Host _router;
    private readonly int _number;
    private int _hosts = 1;

    internal Site(Testbed testbed, string name, Access access)
    {
        (_testbed, _name, Access) = (testbed, name, access);
        _number = testbed.NextSite();
        if (_number > MostSites)
            throw new InvalidOperationException(
                $"site {name} is number {_number} of its testbed, and 192.0.2.0/24 has addresses for {MostSites}; "
                + "move some of the scenario's networks to another testbed");
        _router = testbed.AddHost($"{name}-router");

        if (!access.Carrier) testbed.Internet.Attach(_router, "wan", Spoken.Aggregate((one, other) => one | other));
        else AttachBehindCarrier();

        _router.Namespace.Ip([NetworkNamespace.Bridge("lan"),
            .. Spoken.Select(family => $"address add {Address(family, 1)}/{PrefixLength(family)} dev lan nodad"), "link set lan up"]);
        if (Spoken.Contains(Families.IPv6))
            testbed.Internet.Route($"{Address(Families.IPv6, 0)}/{PrefixLength(Families.IPv6)}", _router.IPv6);
        Forward(_router, RouterRules.For(access.Nat, access.Firewall));
        testbed.Names.ServeOn(_router, "lan", Spoken.Select(family => Address(family, 1)));
    }

    /// <summary>The kind of network.</summary>
    public Access Access { get; }

    /// <summary>The router between this network and the internet (or the carrier).</summary>
    public Host Router => _router;

    /// <summary>Adds a host to the local network.</summary>
    public Host Host(string name)
    {
        var host = _testbed.AddHost(name);
        Plug(host);
        return host;
    }

    /// <summary>
    /// Adds a host that every packet takes its time to and from; others in the local network reach it through the router.
    /// </summary>
    public Host DistantHost(string name, Delay delay)
    {
        var host = _testbed.AddHost(name);
        var (number, device) = (NextHost(host), host.NextDevice());
        host.Wire = Wire.Lay(host, device, _router, $"port{number}", delay);
        _testbed.Keep(host.Wire);
        _router.Sysctl("ipv6.conf.lan.proxy_ndp", 1);
        foreach (var family in Spoken)
        {
            _router.Namespace.Ip(
                $"route add {Address(family, number)} dev port{number}", $"neigh add proxy {Address(family, number)} dev lan");
            host.Namespace.Ip($"address add {Address(family, number)} dev {device}", $"route add {Address(family, 1)} dev {device}");
        }

        Settle(host, number, device);
        return host;
    }

    /// <summary>
    /// Moves a host of another site here, as a person who leaves one network and enters another: its old device goes, addresses and all,
    /// then a new one comes.
    /// </summary>
    public void Receive(Host host)
    {
        host.Unplug();
        Plug(host);
    }

    private void Plug(Host host)
    {
        var (number, device) = (NextHost(host), host.NextDevice());
        _router.Namespace.Ip(
            $"link add port{number} type veth peer name {device} netns {host.NamespaceName}",
            $"link set port{number} master lan up");
        host.Namespace.Ip($"link set {device} up");
        foreach (var family in Spoken)
            host.Namespace.Ip($"address add {Address(family, number)}/{PrefixLength(family)} dev {device} nodad");
        Settle(host, number, device);
    }

    private int NextHost(Host host) => ++_hosts <= LastHost ? _hosts
        : throw new InvalidOperationException(
            $"site {_name} has no address for host {host.Name}: its network has {LastHost}, and the router and earlier hosts use them all; "
            + "add the host to another site");

    private void Settle(Host host, int number, string device)
    {
        foreach (var family in Spoken)
        {
            host.Namespace.Ip($"route add default via {Address(family, 1)} dev {device}");
            host.Has(Address(family, number));
        }

        host.ResolvesBy(Address(Spoken[0], 1));
    }

    private IReadOnlyList<Families> Spoken =>
        Access.Nat == Nat.None ? [Families.IPv6] : Access.DualStack ? [Families.IPv4, Families.IPv6] : [Families.IPv4];

    private static int PrefixLength(Families family) => family == Families.IPv6 ? 64 : 28;

    private IPAddress Address(Families family, int host) =>
        IPAddress.Parse(family == Families.IPv6 ? $"2001:db8:0:{_number}::{host}" : $"192.0.2.{16 * (_number - 1) + host}");

    // Between the two NATs: 198.51.100.0/25, 8 addresses a site.
    private void AttachBehindCarrier()
    {
        var carrier = _testbed.AddHost($"{_name}-carrier");
        _testbed.Internet.Attach(carrier, "wan", Families.IPv4);
        var (outer, inner) = (
            IPAddress.Parse($"198.51.100.{8 * (_number - 1) + 1}"), IPAddress.Parse($"198.51.100.{8 * (_number - 1) + 2}"));
        carrier.Namespace.Ip(
            $"link add lan type veth peer name wan netns {_router.NamespaceName}",
            $"address add {outer}/29 dev lan",
            "link set lan up");
        _router.Namespace.Ip("link set wan up", $"address add {inner}/29 dev wan", $"route add default via {outer}");
        _router.Has(inner);
        Forward(carrier, RouterRules.For(Nat.Friendly, Firewall.Open));
    }

    private static void Forward(Host router, string rules)
    {
        router.Namespace.Nft(rules);
        router.Sysctl("ipv4.ip_forward", 1);
        router.Sysctl("ipv6.conf.all.forwarding", 1);
    }
}
