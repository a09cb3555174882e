using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Relay.Users;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>An address of this host on which relayed transport addresses are opened.</summary>
/// <param name="Local">The address to bind.</param>
/// <param name="Public">The address by which peers reach it: another one behind a 1:1 NAT, else the same. Of the same family.</param>
public readonly record struct RelayAddress(IpAddress Local, IpAddress Public)
{
    public IpFamily Family => Local.Family;
}

/// <summary>The settings of the core; all shards of a relay have the same.</summary>
public sealed record RelaySettings
{
    /// <summary>Gets the realm of the long-term credentials (RFC 8489 §9.2); 1 to 127 characters.</summary>
    public required string Realm { get; init; }

    /// <summary>
    /// Gets SOFTWARE of success responses (RFC 8489 §14.14), at most 127 characters; empty for none. Only authenticated clients receive it:
    /// responses to strangers are short, so that the relay isn't worth reflecting off, and don't reveal the version. Defaults to empty.
    /// </summary>
    public string Software { get; init; } = "";

    /// <summary>Gets the addresses to open relayed transport addresses on; the first one of a family serves that family.</summary>
    public required IReadOnlyList<RelayAddress> Addresses { get; init; }

    /// <summary>Gets the first relayed port. Defaults to 49152.</summary>
    public ushort FirstPort { get; init; } = 49152;

    /// <summary>Gets the last relayed port, inclusive. Defaults to 65535.</summary>
    public ushort LastPort { get; init; } = 65535;

    /// <summary>Gets the secrets that credentials may be signed with (<see cref="Credentials"/>), the current one first.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>
    /// Gets the users whose passwords don't expire, beside time-limited credentials (RFC 8489 §9.2); read with the same realm. Defaults to
    /// none.
    /// </summary>
    public StaticUsers Users { get; init; } = StaticUsers.None;

    /// <summary>
    /// Gets whether nonces tell clients to send USERHASH instead of USERNAME (RFC 8489 §9.2), while there are static users. A client that
    /// obeys can't use a time-limited credential: its name can't be found by its hash. Defaults to <see langword="false"/>.
    /// </summary>
    public bool HideUsernames { get; init; }

    internal bool AnnouncesUserhash => HideUsernames && Users.Count > 0;

    /// <summary>Gets how long an allocation may outlive the credential that created it, in seconds. Defaults to 300.</summary>
    public int CredentialGraceSeconds { get; init; } = 300;

    /// <summary>
    /// Gets whether clients over TCP and TLS may allocate TCP relayed addresses (RFC 6062); else Allocate is answered 442, and the methods
    /// of RFC 6062 are unknown. Defaults to <see langword="false"/>.
    /// </summary>
    public bool TcpAllocations { get; init; }

    /// <summary>
    /// Gets the relay's own TCP and TLS listeners, by local and by public address, which are denied as peers of TCP allocations. A listener
    /// on the unspecified address covers its port on every address of the host. Defaults to none.
    /// </summary>
    public IReadOnlyList<TransportAddress> StreamListeners { get; init; } = [];

    /// <summary>Gets how long a connection to a peer may take, in seconds (RFC 6062 §5.2 requires at least 30).</summary>
    public int ConnectSeconds { get; init; } = 30;

    /// <summary>Gets how long a peer's connection waits for ConnectionBind, in seconds (RFC 6062 §5.2 and §5.3 require 30).</summary>
    public int ConnectionBindSeconds { get; init; } = 30;

    /// <summary>
    /// Gets the relays that clients are sent to (300 Try Alternate, RFC 8656 §7.2) while this one drains or is full, where one serves their
    /// transport and address family; otherwise Allocate gets 508. Defaults to none.
    /// </summary>
    public IReadOnlyList<AlternateServer> Alternates { get; init; } = [];

    /// <summary>Gets the policy on peers.</summary>
    public required PeerPolicy Peers { get; init; }

    /// <summary>Gets the bounds on what clients may take.</summary>
    public RelayQuotas Quotas { get; init; } = new();

    /// <summary>Gets the relay's own probes, which no bound applies to.</summary>
    public ProbeClients Probes { get; init; } = new();

    /// <summary>Gets how long a nonce is valid, in seconds. Defaults to 3,600.</summary>
    public int NonceLifetimeSeconds { get; init; } = 3600;

    /// <summary>
    /// Gets the shortest lifetime of an allocation in seconds, unless its credential ends before (RFC 8656 §7.2). Defaults to 600.
    /// </summary>
    public int DefaultLifetimeSeconds { get; init; } = 600;

    /// <summary>Gets the longest lifetime of an allocation in seconds (RFC 8656 §7.2). Defaults to 3,600.</summary>
    public int MaxLifetimeSeconds { get; init; } = 3600;

    /// <summary>
    /// Gets the lifetime of a permission of CreatePermission in seconds (RFC 8656 §9 requires 300); that of a ChannelBind lasts as long as
    /// the channel.
    /// </summary>
    public int PermissionSeconds { get; init; } = 300;

    /// <summary>Gets the lifetime of a channel in seconds (RFC 8656 §12 requires 600).</summary>
    public int ChannelSeconds { get; init; } = 600;

    /// <summary>Gets how long a port stays reserved, in seconds (RFC 8656 §7.2 requires at least 30).</summary>
    public int ReservationSeconds { get; init; } = 30;

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal void Check()
    {
        Require(Realm.Length is > 0 and <= 127, $"realm: '{Realm}' has {Realm.Length} characters; 1 to 127 are allowed");
        Require(Software.Length <= 127, $"software: {Software.Length} characters; at most 127 are allowed");
        Require(
            Addresses.All(a => a.Local.Family == a.Public.Family && a.Family.IsKnown()),
            "addresses: the local and the public address must be of the same family");
        Require(
            FirstPort > 0 && FirstPort <= LastPort,
            $"ports: {FirstPort}-{LastPort} is empty; the last port must not be below the first");
        Require(Secrets.Count > 0 && Secrets.All(s => s.Length > 0), "secrets: at least one is required, and none may be empty");
        Require(
            DefaultLifetimeSeconds > 0 && DefaultLifetimeSeconds <= MaxLifetimeSeconds,
            "lifetimes: the default must be above zero and not above the maximum");
        Require(
            int.Min(PermissionSeconds, ChannelSeconds) > 0 && int.Min(NonceLifetimeSeconds, ReservationSeconds) > 0,
            "seconds: each must be above zero");
        Require(int.Min(ConnectSeconds, ConnectionBindSeconds) > 0, "seconds of connections: each must be above zero");
        Require(
            Alternates.Count <= AlternateServer.Max && Alternates.All(server => server.Domain is null or { Length: > 0 and <= 255 }),
            $"alternates: at most {AlternateServer.Max} are allowed, with domains of 1 to 255 characters");
        Require(CredentialGraceSeconds >= 0, "credential grace: must not be negative");
    }

    private static void Require(bool condition, string mistake)
    {
        if (!condition) throw new ArgumentException(mistake);
    }
}
