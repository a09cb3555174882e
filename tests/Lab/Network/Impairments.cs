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

    private sealed class Undo(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
