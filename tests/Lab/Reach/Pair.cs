using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>The steps of the guide that a call is tried in.</summary>
public enum Step
{
    /// <summary>Signalling in the cloud, and a STUN server; no relay.</summary>
    StunOnly,

    /// <summary>With the relay, over UDP, TCP and TLS.</summary>
    Relay,
}

/// <summary>Two people and the networks they sit in.</summary>
/// <param name="Left">The network of the one who joins first.</param>
/// <param name="Right">The network of the one who joins second.</param>
/// <param name="Together">Both sit in the left one.</param>
public sealed record Pair(Access Left, Access Right, bool Together = false)
{
    private static readonly Access[] Kinds = [Access.FriendlyNat, Access.DoubleNat, Access.SymmetricNat, Access.UdpBlocked, Access.Only443,
        Access.IPv6Only];

    /// <summary>Two people in one network.</summary>
    public static Pair SameLan { get; } = new(Access.FriendlyNat, Access.FriendlyNat, Together: true);

    /// <summary>The same LAN, and every kind of network with every kind.</summary>
    public static IReadOnlyList<Pair> All { get; } = [SameLan,
        .. Kinds.SelectMany((left, index) => Kinds.Skip(index).Select(right => new Pair(left, right)))];

    /// <summary>All of them, or those whose name contains the text in <c>CAUSEWAY_LAB_PAIR</c>.</summary>
    public static IEnumerable<Pair> Chosen { get; } = All.Where(
        pair => pair.ToString().Contains(Environment.GetEnvironmentVariable("CAUSEWAY_LAB_PAIR") ?? "", StringComparison.Ordinal));

    /// <summary>
    /// One pair for each way that media can take, and one that changes the family of addresses: what each run of the tests shows.
    /// </summary>
    public static IReadOnlyList<Pair> Short { get; } =
    [
        SameLan,
        new(Access.FriendlyNat, Access.DoubleNat),
        new(Access.SymmetricNat, Access.SymmetricNat),
        new(Access.FriendlyNat, Access.UdpBlocked),
        new(Access.Only443, Access.Only443),
        new(Access.DoubleNat, Access.IPv6Only),
    ];

    /// <summary>
    /// Whether a direct path exists: in one network; where neither side has a NAT between; and where both NATs map a socket to one address,
    /// so that each side can tell the other where to send. A symmetric NAT uses a port that neither side knows.
    /// </summary>
    public bool CanBeDirect => Together || (IsIPv6(Left) && IsIPv6(Right)) || (IsFriendly(Left) && IsFriendly(Right));

    /// <summary>Whether a step is expected to connect the two.</summary>
    public bool ConnectsIn(Step step) => CanBeDirect || step == Step.Relay;

    /// <summary>Why the relay cannot be reached from one of the networks yet; null when it can.</summary>
    public string? Misses => new[] { Left, Right }.Select(access => access.Firewall switch
    {
        Firewall.NoUdp => "tcp",
        Firewall.Only443 => "tls",
        _ => "udp",
    }).FirstOrDefault(transport => !Together && !Deployment.Transports.Split(',').Contains(transport)) is { } missing
        ? $"{this} needs the relay over {missing}, and the deployment offers {Deployment.Transports}"
        : null;

    /// <inheritdoc/>
    public override string ToString() => Together ? "same LAN" : $"{Left} – {Right}";

    private static bool IsIPv6(Access access) => access.Nat == Nat.None;

    private static bool IsFriendly(Access access) => access is { Nat: Nat.Friendly, Firewall: Firewall.Open };
}
