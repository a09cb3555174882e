namespace Causeway.Lab.Network;

/// <summary>Makes a host's network worse for a while.</summary>
public static class Impairments
{
    /// <summary>Loses this share of the UDP datagrams that a host sends and receives, each way, until disposed.</summary>
    /// <param name="host">The host.</param>
    /// <param name="percent">1 to 100.</param>
    public static IDisposable LoseUdp(this Host host, int percent)
    {
        host.Namespace.Nft($$"""
            table inet loss {
                chain incoming { type filter hook input priority -10; meta l4proto udp numgen random mod 100 < {{percent}} drop; }
                chain outgoing { type filter hook output priority -10; meta l4proto udp numgen random mod 100 < {{percent}} drop; }
            }
            """);
        return new Undo(() => host.Namespace.Nft("delete table inet loss"));
    }

    /// <summary>Makes a site's firewall stricter until disposed, also for what flows already.</summary>
    /// <param name="site">The site.</param>
    /// <param name="firewall">What is let out from now on.</param>
    public static IDisposable Tighten(this Site site, Firewall firewall) => site.Router.Forbid(firewall switch
    {
        Firewall.NoUdp => "meta l4proto udp drop",
        Firewall.Only443 => "tcp dport 443 accept; tcp sport 443 accept; drop",
        _ => throw new ArgumentOutOfRangeException(nameof(firewall), firewall, "an open firewall forbids nothing"),
    });

    /// <summary>Lets nothing in or out of a site until disposed.</summary>
    public static IDisposable CutOff(this Site site) => site.Router.Forbid("drop");

    private static Undo Forbid(this Host router, string rules)
    {
        // Before the router's own rules, which let pass what belongs to a connection.
        router.Namespace.Nft($$"""
            table inet tightened {
                chain forwarding { type filter hook forward priority -10; {{rules}}; }
            }
            """);
        return new(() => router.Namespace.Nft("delete table inet tightened"));
    }

    private sealed class Undo(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
