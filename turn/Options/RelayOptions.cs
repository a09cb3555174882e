namespace Causeway.Turn.Options;

/// <summary>
/// The relay's settings, as they stand under <c>relay</c> in the settings file, in the environment
/// (<c>CAUSEWAY_RELAY__REALM</c>) and on the command line (<c>--relay:realm</c>).
/// </summary>
public sealed class RelayOptions
{
    /// <summary>The section's name in every source of settings.</summary>
    public const string Section = "relay";

    /// <summary>The realm of the long-term credentials (RFC 8489 §9.2); shown to clients, at most 127 characters.</summary>
    public string Realm { get; init; } = "causeway";

    /// <summary>Where clients reach the relay: one entry for each transport, address and port.</summary>
    public IReadOnlyList<RelayListenerOptions> Listeners { get; init; } = [];

    /// <summary>The addresses that relayed transport addresses are opened on. Empty: the relay finds them by itself, those that come later too.</summary>
    public IReadOnlyList<RelayAddressOptions> Addresses { get; init; } = [];

    /// <summary>The range of relayed ports, first and last included, as <c>49152-65535</c> (RFC 8656 §7.2).</summary>
    public string Ports { get; init; } = "49152-65535";

    /// <summary>The secrets that credentials may be signed with; the first one is current. At least one, here or in <see cref="SecretsFile"/>.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>A file with one secret in each line, the current one first; read at start. For secrets that must not stand in settings.</summary>
    public string? SecretsFile { get; init; }

    /// <summary>
    /// PEM files of the certificate chain, the server's own first, and of its key, for listeners of <c>tls</c>. Read again when they change; connections
    /// that stand keep the old one.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <inheritdoc cref="CertificateFile"/>
    public string? CertificateKeyFile { get; init; }

    /// <summary>How long an allocation may outlive the expiry of the credential that made it, so that a renewal can be late.</summary>
    public TimeSpan CredentialGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Address prefixes that are allowed as peers although the built-in deny table has them (<c>192.0.2.0/24</c>).</summary>
    public IReadOnlyList<string> AllowPeers { get; init; } = [];

    /// <summary>Address prefixes that are denied as peers besides the built-in deny table.</summary>
    public IReadOnlyList<string> DenyPeers { get; init; } = [];

    /// <summary>
    /// Whether every prefix of <see cref="AllowPeers"/> speaks for this host's own addresses too, where no firewall looks: for a developer's machine, on which browsers run
    /// beside the relay. Otherwise only a prefix of that one address alone does, and one of loopback.
    /// </summary>
    public bool AllowHostPeers { get; init; }

    /// <summary>Bounds on what clients may hold at once.</summary>
    public RelayQuotaOptions Quotas { get; init; } = new();

    /// <summary>What the system keeps for the relay until it is read or sent.</summary>
    public RelayBufferOptions Buffers { get; init; } = new();

    /// <summary>Bounds on TCP and TLS clients.</summary>
    public RelayStreamOptions Streams { get; init; } = new();

    /// <summary>
    /// Gets the engine that moves the packets: <c>portable</c> (.NET sockets, on every system), or <c>auto</c>, which takes the fastest one that this
    /// machine can run. Defaults to <c>auto</c>.
    /// </summary>
    public string Engine { get; init; } = "auto";

    /// <summary>The number of shards, each with a state machine and a lock of its own. 0: one for each processor, four at most.</summary>
    public int Shards { get; init; }

    /// <summary>Where health and metrics are served, as <c>127.0.0.1:9478</c>; null: nowhere.</summary>
    public string? Admin { get; init; }

    /// <summary>How long a stopping relay waits for its allocations to end.</summary>
    public TimeSpan DrainDeadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Telling signalling about this relay.</summary>
    public RelayHeartbeatOptions Heartbeat { get; init; } = new();
}

/// <summary>Telling signalling about this relay, so that it is handed to clients while it is ready, and obeying what signalling answers.</summary>
public sealed class RelayHeartbeatOptions
{
    /// <summary>
    /// Signalling's nodes, as <c>https://call.example.org</c>; in clear (<c>http://127.0.0.1:9479</c>) on loopback only. Empty: nobody is told, and clients
    /// get this relay only when signalling's own settings name it.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>A file with the key that heartbeats are signed with; one key in each line, the current one first; read at start.</summary>
    public string? KeysFile { get; init; }

    /// <summary>The relay's name in the fleet, which no other relay has: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>. Null: the machine's name.</summary>
    public string? Id { get; init; }

    /// <summary>The generation that the relay belongs to, same form; signalling hands out admitted generations only. Empty: none.</summary>
    public string Generation { get; init; } = "";

    /// <summary>The STUN URLs by which browsers reach this relay (RFC 7064).</summary>
    public IReadOnlyList<string> StunUrls { get; init; } = [];

    /// <summary>The TURN URLs by which browsers reach this relay (RFC 7065), one for each transport.</summary>
    public IReadOnlyList<string> TurnUrls { get; init; } = [];

    /// <summary>The longest time from one heartbeat to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>One place where clients reach the relay.</summary>
public sealed class RelayListenerOptions
{
    /// <summary>The transport between client and relay: <c>udp</c>, <c>tcp</c> or <c>tls</c>.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>The local address; <c>0.0.0.0</c> for every IPv4 address, <c>::</c> for every IPv6 address (and no IPv4).</summary>
    public string Address { get; init; } = "0.0.0.0";

    /// <summary>The local port; 0 lets the system choose (tests).</summary>
    public int Port { get; init; } = 3478;
}

/// <summary>One address of this host that relayed transport addresses are opened on.</summary>
public sealed class RelayAddressOptions
{
    /// <summary>The local address.</summary>
    public string Address { get; init; } = "";

    /// <summary>The address by which peers reach it, where a 1:1 NAT stands before this host (an Elastic IP); null: the same. IPv4 only.</summary>
    public string? Public { get; init; }
}

/// <summary>Bounds on what clients may hold at once.</summary>
public sealed class RelayQuotaOptions
{
    // Signalling's default for a room; where both services' settings are made together, the quota follows from the room's limit.
    private const int RoomMembers = 8;

    // For each peer connection a browser makes one on each of two networks, over each of three transports; when its credentials are
    // renewed it makes the new ones before it ends the old.
    private const int AllocationsPerPeer = 6;
    private const int WhileRenewing = 2;

    /// <summary>
    /// Allocations of the whole relay; beyond it Allocate is answered 508. What counts, here and below, is relayed addresses: an allocation of both families counts
    /// twice. Fewer where the range of ports or the memory is smaller.
    /// </summary>
    public int Allocations { get; init; } = 10_000;

    /// <summary>Allocations of one subject (the part of the username behind the expiry); beyond it Allocate is answered 486.</summary>
    public int AllocationsPerSubject { get; init; } = ForRoom(RoomMembers);

    /// <summary>
    /// Allocations of all clients at one IPv4 address, or in one IPv6 network of 64 bits, whatever their subjects; twice as many in one of 56 bits, four times in one
    /// of 48. Beyond it Allocate is answered 486. An office behind one NAT shares it: 166 people in calls of two, all of them relayed.
    /// </summary>
    public int AllocationsPerAddress { get; init; } = 2_000;

    /// <summary>Permissions of one allocation; beyond it CreatePermission and ChannelBind are answered 508.</summary>
    public int PermissionsPerAllocation { get; init; } = 64;

    /// <summary>Channels of one allocation; beyond it ChannelBind is answered 508.</summary>
    public int ChannelsPerAllocation { get; init; } = 64;

    /// <summary>
    /// What is done in a second, on average, for one IPv4 address, or one IPv6 network of 64 bits, without an allocation: so many challenges, as each client begins
    /// with one for each allocation, so many answers to Binding, and so many passwords that are checked. Many clients may share an address. UDP counts apart from TCP
    /// and TLS. IPv6 networks of 56 bits have twice as much, those of 48 four times. Bursts of twenty times as many pass; beyond it requests are dropped and
    /// counted, and what has an allocation goes on.
    /// </summary>
    public int ChallengesPerAddress { get; init; } = 500;

    /// <summary>The allocations that one member of a full room needs: a peer connection to each other member, each with twice what a browser makes for one.</summary>
    /// <param name="members">Members of the room.</param>
    public static int ForRoom(int members) => (int)long.Clamp((members - 1L) * AllocationsPerPeer * WhileRenewing, 1, int.MaxValue);
}

/// <summary>
/// What the system keeps for each UDP socket until it is read or sent, each way. Linux grants <c>net.core.rmem_max</c> and <c>net.core.wmem_max</c> at most, books
/// about twice as much for its own, and all sockets together stay within <c>net.ipv4.udp_mem</c>.
/// </summary>
public sealed class RelayBufferOptions
{
    /// <summary>Bytes of a listener's socket, of which there is one for each address and shard.</summary>
    public int ListenerBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of a relay socket, of which there is one for each relayed address: a burst of video fits.</summary>
    public int RelayBytes { get; init; } = 256 * 1024;
}

/// <summary>Bounds on TCP and TLS clients.</summary>
public sealed class RelayStreamOptions
{
    /// <summary>Connections at once; beyond it the oldest without an allocation is closed for a new one.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>
    /// Connections at once from one IPv4 address or one IPv6 network of 64 bits; of 56 bits twice as many, of 48 bits four times. Beyond it the oldest of them
    /// without an allocation is closed for a new one.
    /// </summary>
    public int ConnectionsPerAddress { get; init; } = 2_000;

    /// <summary>How long a client may take for the TLS handshake and its first message.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be without an allocation, whatever its client sends.</summary>
    public TimeSpan AllocationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take none of what is sent to it, before it is closed.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long relayed data may wait for a client that takes too little; what is older is dropped.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes that wait for one slow reader; the oldest relayed data is dropped for what comes beyond.</summary>
    public int SendBufferBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes that wait for all slow readers together; the fuller it is, the less may wait for each.</summary>
    public long TotalSendBufferBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of the system's send buffer for one connection, which Linux doubles for its own overhead; 0 lets it grow by itself. It bounds what one client
    /// gets: about this many bytes for each round trip.
    /// </summary>
    public int SocketSendBufferBytes { get; init; } = 128 * 1024;

    /// <summary>Bytes that the system's send buffer takes before it has sent them; what comes beyond waits with the relay, which drops what is late.</summary>
    public int SocketUnsentBytes { get; init; } = 16 * 1024;
}
