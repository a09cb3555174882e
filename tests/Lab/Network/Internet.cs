using System.Net;

namespace Causeway.Lab.Network;

/// <summary>
/// The network that all providers are on: one link with 203.0.113.0/24 and 2001:db8::/64, and a router for the IPv6 networks of
/// sites (2001:db8:0:N::/64). IPv4 addresses behind NATs (192.0.2.0/24, 198.51.100.0/24) are not known here, so nothing un-translated is
/// ever answered.
/// </summary>
public sealed class Internet
{
    private static readonly IPAddress Router4 = IPAddress.Parse("203.0.113.1");
    private static readonly IPAddress Router6 = IPAddress.Parse("2001:db8::1");
    private const string Link = "exchange";

    private readonly Host _host;
    private int _attached = 9;

    internal Internet(Testbed testbed)
    {
        _host = testbed.AddHost("internet");
        _host.Namespace.Ip(
            NetworkNamespace.Bridge(Link),
            $"address add {Router4}/24 dev {Link}",
            $"address add {Router6}/64 dev {Link} nodad",
            $"link set {Link} up");
        _host.Has(Router4);
        _host.Has(Router6);
        _host.Sysctl("ipv4.ip_forward", 1);
        _host.Sysctl("ipv6.conf.all.forwarding", 1);
        // The way to a site leads back out of the link that a packet came in by; telling the sender so would only be noise.
        _host.Sysctl("ipv4.conf.all.send_redirects", 0);
        testbed.Names.ServeOn(_host, Link, _host.Addresses);
    }

    /// <summary>The host that routes.</summary>
    internal Host Host => _host;

    /// <summary>The name server of those who have no router of their own.</summary>
    internal static IPAddress NameServer => Router4;

    /// <summary>Gives a host a link to the internet with the next addresses.</summary>
    internal void Attach(Host host, string device, Families families)
    {
        var number = ++_attached;
        _host.Namespace.Ip(
            $"link add port{number} type veth peer name {device} netns {host.NamespaceName}",
            $"link set port{number} master {Link} up");
        host.Namespace.Ip($"link set {device} up");

        if (families.HasFlag(Families.IPv4))
        {
            var address = IPAddress.Parse($"203.0.113.{number}");
            host.Namespace.Ip($"address add {address}/24 dev {device}", $"route add default via {Router4}");
            host.Has(address);
        }

        if (families.HasFlag(Families.IPv6))
        {
            var address = IPAddress.Parse($"2001:db8::{number}");
            host.Namespace.Ip($"address add {address}/64 dev {device} nodad", $"route add default via {Router6}");
            host.Has(address);
        }

        host.ResolvesBy(families.HasFlag(Families.IPv4) ? Router4 : Router6);
    }

    /// <summary>Gives a device one more IPv4 address.</summary>
    internal IPAddress AnotherAddress(Host host, string device)
    {
        var address = IPAddress.Parse($"203.0.113.{++_attached}");
        host.Namespace.Ip($"address add {address}/24 dev {device}");
        host.Has(address);
        return address;
    }

    /// <summary>Sends an IPv6 network's packets to the router that it lies behind.</summary>
    internal void Route(string prefix, IPAddress via) => _host.Namespace.Ip($"route add {prefix} via {via}");
}
