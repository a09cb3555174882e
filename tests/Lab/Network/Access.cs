namespace Causeway.Lab.Network;

/// <summary>How a site's router translates addresses.</summary>
public enum Nat
{
    /// <summary>Not at all: IPv6, every host has a global address.</summary>
    None,

    /// <summary>
    /// One outer port for each inner socket, whatever its peers ("endpoint-independent mapping", RFC 4787 §4.1), open to those that the
    /// socket has sent to ("address and port-dependent filtering", §5): the usual home router.
    /// </summary>
    Friendly,

    /// <summary>
    /// A new, random outer port for each peer ("address and port-dependent mapping"): the usual office or mobile network.
    /// </summary>
    Symmetric,
}

/// <summary>What a site's router lets out. All of them drop unsolicited packets.</summary>
public enum Firewall
{
    /// <summary>Everything.</summary>
    Open,

    /// <summary>Everything but UDP.</summary>
    NoUdp,

    /// <summary>TCP to port 443, and nothing else.</summary>
    Only443,
}

/// <summary>A kind of network that people sit in.</summary>
/// <param name="Name">What the reports call it.</param>
/// <param name="Nat">How addresses are translated.</param>
/// <param name="Firewall">What gets out.</param>
/// <param name="Carrier">A second NAT is in front of the site's, as with carriers that share addresses (RFC 6888).</param>
/// <param name="DualStack">Hosts have global IPv6 addresses besides; with <see cref="Nat.None"/> they have these alone anyway.</param>
public sealed record Access(string Name, Nat Nat, Firewall Firewall = Firewall.Open, bool Carrier = false, bool DualStack = false)
{
    /// <summary>A home router.</summary>
    public static Access FriendlyNat { get; } = new("friendly NAT", Nat.Friendly);

    /// <summary>A home router whose provider gives IPv6 too.</summary>
    public static Access HomeWithIPv6 { get; } = new("friendly NAT and IPv6", Nat.Friendly, DualStack: true);

    /// <summary>An office or mobile network.</summary>
    public static Access SymmetricNat { get; } = new("symmetric NAT", Nat.Symmetric);

    /// <summary>An office that lets no UDP out.</summary>
    public static Access UdpBlocked { get; } = new("symmetric NAT, UDP blocked", Nat.Symmetric, Firewall.NoUdp);

    /// <summary>An office that lets only HTTPS out.</summary>
    public static Access Only443 { get; } = new("only 443/TCP", Nat.Symmetric, Firewall.Only443);

    /// <summary>A network without IPv4.</summary>
    public static Access IPv6Only { get; } = new("IPv6 only", Nat.None);

    /// <summary>A home router behind a carrier's NAT.</summary>
    public static Access DoubleNat { get; } = new("double NAT", Nat.Friendly, Carrier: true);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
