namespace Causeway.Lab.Network;

/// <summary>What a router does, as rules of nftables. Its devices are called <c>wan</c> and <c>lan</c>.</summary>
internal static class RouterRules
{
    /// <summary>The rules of a router with this NAT and firewall.</summary>
    public static string For(Nat nat, Firewall firewall) => $$"""
        table inet router {
            # What comes from outside for the router itself was meant for a mapping that does not exist. Answered or merely let
            # through to the end it would take the port in the table of connections, and the mapping made a moment later would
            # have to use another one: no hole punching would ever succeed.
            chain input {
                type filter hook input priority filter;
                iifname "wan" ct state new meta l4proto { tcp, udp } drop
            }
            chain forwarding {
                type filter hook forward priority filter; policy drop;
                ct state established,related accept
                iifname "wan" drop
                {{Outgoing(firewall)}}
            }
            {{Translation(nat)}}
        }
        """;

    private static string Outgoing(Firewall firewall) => firewall switch
    {
        Firewall.Open => "accept",
        Firewall.NoUdp => "meta l4proto != udp accept",
        Firewall.Only443 => "tcp dport 443 accept",
        _ => throw new ArgumentOutOfRangeException(nameof(firewall), firewall, null),
    };

    private static string Translation(Nat nat) => nat switch
    {
        Nat.None => "",
        // masquerade keeps the port where it is free, which is always with so few hosts.
        Nat.Friendly => """chain translation { type nat hook postrouting priority srcnat; meta nfproto ipv4 oifname "wan" masquerade; }""",
        Nat.Symmetric => """
            chain translation {
                type nat hook postrouting priority srcnat;
                meta nfproto ipv4 oifname "wan" masquerade fully-random;
            }
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(nat), nat, null),
    };
}
