using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Network;

/// <summary>
/// A machine in the cloud: private IPv4 addresses, each of them reached by a public one through a 1:1 NAT (an Elastic IP behind an internet
/// gateway), IPv6 without, and a gateway that lets in what the security group allows. Private addresses are numbered in 198.51.100.128/25
/// here.
/// </summary>
public sealed class Instance
{

    internal Instance(Testbed testbed, string name, int addresses)
    {
        Gateway = testbed.AddHost($"{name}-gateway");
        Host = testbed.AddHost(name);
        var net = testbed.NextInstance();
        GatewayIPv4 = Private(net, 1);
        GatewayIPv6 = IPAddress.Parse($"2001:db8:0:c{net}::1");
        testbed.Internet.Attach(Gateway, "wan", Families.Both);
        PublicIPv4 = [Gateway.IPv4, .. Enumerable.Range(1, addresses - 1).Select(_ => testbed.Internet.AnotherAddress(Gateway, "wan"))];
        Gateway.Namespace.Ip(
            $"link add lan type veth peer name eth0 netns {Host.NamespaceName}",
            $"address add {GatewayIPv4}/28 dev lan",
            $"address add {GatewayIPv6}/64 dev lan nodad",
            "link set lan up");
        testbed.Internet.Route($"2001:db8:0:c{net}::/64", Gateway.IPv6);

        Host.Namespace.Ip("link set eth0 up");
        for (var i = 0; i < addresses; i++)
        {
            var (ipv4, ipv6) = (Private(net, 2 + i), IPAddress.Parse($"2001:db8:0:c{net}::{2 + i}"));
            Host.Namespace.Ip($"address add {ipv4}/28 dev eth0", $"address add {ipv6}/64 dev eth0 nodad");
            Host.Has(ipv4);
            Host.Has(ipv6);
        }

        PrivateIPv4 = [.. Host.Addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork)];
        IPv6 = [.. Host.Addresses.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6)];
        Host.Namespace.Ip($"route add default via {GatewayIPv4}", $"route add default via {GatewayIPv6}");
        Host.ResolvesBy(GatewayIPv4);
        Prefix = $"198.51.100.{128 + 16 * net}/28";
        PrefixIPv6 = $"2001:db8:0:c{net}::/64";

        Gateway.Namespace.Nft($$"""
            table ip elastic {
                chain arriving {
                    type nat hook prerouting priority dstnat;
                    {{Lines(i => $"ip daddr {PublicIPv4[i]} dnat to {PrivateIPv4[i]}")}}
                }
                chain leaving {
                    type nat hook postrouting priority srcnat;
                    {{Lines(i => $"oifname \"wan\" ip saddr {PrivateIPv4[i]} snat to {PublicIPv4[i]}")}}
                    # The machine that calls itself by a public address is seen with its public one, as on EC2.
                    {{Lines(i => $"ct status dnat ip saddr {PrivateIPv4[i]} snat to {PublicIPv4[i]}")}}
                }
            }
            """);
        Gateway.Sysctl("ipv4.ip_forward", 1);
        Gateway.Sysctl("ipv6.conf.all.forwarding", 1);
        testbed.Names.ServeOn(Gateway, "lan", [GatewayIPv4]);

        string Lines(Func<int, string> line) => string.Join("\n        ", Enumerable.Range(0, addresses).Select(line));
    }

    /// <summary>The machine between it and the internet.</summary>
    internal Host Gateway { get; }

    /// <summary>The gateway's address inside.</summary>
    internal IPAddress GatewayIPv4 { get; }

    /// <inheritdoc cref="GatewayIPv4"/>
    internal IPAddress GatewayIPv6 { get; }

    /// <summary>Where programs run.</summary>
    public Host Host { get; }

    /// <summary>The addresses that the machine itself has, in order.</summary>
    public IReadOnlyList<IPAddress> PrivateIPv4 { get; }

    /// <summary>The addresses that others reach <see cref="PrivateIPv4"/> by.</summary>
    public IReadOnlyList<IPAddress> PublicIPv4 { get; }

    /// <summary>The IPv6 addresses, the same inside and outside.</summary>
    public IReadOnlyList<IPAddress> IPv6 { get; }

    /// <summary>The private network.</summary>
    public string Prefix { get; }

    /// <summary>The IPv6 network.</summary>
    public string PrefixIPv6 { get; }

    /// <summary>
    /// Lets in only what is named here, and everything out. As with a security group, a router's answer (ICMP) is not part of the
    /// connection that it is about.
    /// </summary>
    /// <param name="allowed">Rules of nftables, each the match of packets to accept, as <c>ip daddr 198.51.100.130 tcp dport
    /// 443</c>.</param>
    public void SecurityGroup(IEnumerable<string> allowed) => Gateway.Namespace.Nft($$"""
        table inet security {
            chain forwarding {
                type filter hook forward priority filter; policy drop;
                ct state established accept
                iifname "lan" accept
                {{string.Join("\n        ", allowed.Select(match => match + " accept"))}}
            }
        }
        """);

    // 16 addresses an instance.
    private static IPAddress Private(int net, int host) => IPAddress.Parse($"198.51.100.{128 + 16 * net + host}");
}
