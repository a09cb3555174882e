namespace Causeway.Signalling.Options;

/// <summary>
/// The signalling service's settings, as they stand under <c>signalling</c> in the settings file, in the environment
/// (<c>CAUSEWAY_SIGNALLING__LISTEN__0</c>) and on the command line (<c>--signalling:listen:0</c>).
/// </summary>
public sealed class SignallingOptions
{
    /// <summary>The section's name in every source of settings.</summary>
    public const string Section = "signalling";

    /// <summary>
    /// The URLs that Kestrel listens on, as <c>https://0.0.0.0:443</c>: an IP address, <c>localhost</c> or <c>*</c> (every address), and a port.
    /// Empty: <see cref="DefaultListen"/>. (Configuration binding appends to a list's default, so a list that settings may replace starts empty.)
    /// </summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Where Kestrel listens when no settings say otherwise.</summary>
    public const string DefaultListen = "http://127.0.0.1:8080";

    /// <summary>PEM files of the certificate chain and its key, for <c>https:</c> in <see cref="Listen"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <inheritdoc cref="CertificateFile"/>
    public string? CertificateKeyFile { get; init; }

    /// <summary>
    /// The origins whose pages may open the WebSocket, as <c>https://call.example.org</c>. Empty: only the page's own host. Their hosts are the names under
    /// which this server is reached behind a proxy on the same machine: without TLS on loopback it answers to these, localhost and addresses alone.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>
    /// The addresses or networks of the proxies in front of this service, as <c>192.0.2.10</c> or <c>10.0.0.0/24</c>: their <c>Forwarded</c> (RFC
    /// 7239) or <c>X-Forwarded-For</c> says where a client is. Where both are there and name different clients neither does: have the proxy remove the one that it
    /// does not write. Empty: nobody's does, and the clients of a proxy count as one address.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>The STUN and TURN servers handed to browsers.</summary>
    public IceOptions Ice { get; init; } = new();

    /// <summary>The relays that tell this service about themselves.</summary>
    public RelayFleetOptions Relays { get; init; } = new();

    /// <summary>Bounds on what one client and one room may use.</summary>
    public SignallingLimitOptions Limits { get; init; } = new();

    /// <summary>
    /// Hosts the relay of the <c>relay</c> section in this process. Only in the Development environment: a deployment runs it as a service of its own.
    /// </summary>
    public bool EmbeddedRelay { get; init; }
}

/// <summary>The STUN and TURN servers handed to browsers, and the secret that signs their credentials.</summary>
public sealed class IceOptions
{
    /// <summary>STUN URLs (RFC 7064), as <c>stun:relay.example.org:3478</c>.</summary>
    public IReadOnlyList<string> StunUrls { get; init; } = [];

    /// <summary>TURN URLs (RFC 7065), as <c>turn:relay.example.org:3478?transport=udp</c>; handed out with a credential.</summary>
    public IReadOnlyList<string> TurnUrls { get; init; } = [];

    /// <summary>The secrets shared with the relay; the first one signs. At least one, here or in <see cref="SecretsFile"/>, when there is a TURN URL.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>A file with one secret in each line, the current one first. For secrets that must not stand in settings.</summary>
    public string? SecretsFile { get; init; }

    /// <summary>How long a credential lasts; fresh ones are pushed to clients before it ends.</summary>
    public TimeSpan CredentialLifetime { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>
/// The relays that tell this service about themselves by heartbeats: the best of them are handed to browsers, in place of the TURN servers of
/// <see cref="IceOptions"/>, which are handed out while no relay is known.
/// </summary>
public sealed class RelayFleetOptions
{
    /// <summary>A file with the keys of heartbeats, one in each line, the current one first; each is taken. Null: no heartbeats are taken.</summary>
    public string? HeartbeatKeysFile { get; init; }

    /// <summary>
    /// A loopback URL where heartbeats are taken in clear, and nothing else is served, as <c>http://127.0.0.1:9479</c>; for a relay on the same host.
    /// </summary>
    public string? HeartbeatListen { get; init; }

    /// <summary>Takes heartbeats on the public listeners too, for relays on other hosts.</summary>
    public bool PublicHeartbeats { get; init; }

    /// <summary>A file with the keys of admissions, one in each line; each is taken. Needed unless <see cref="AdmitAtOnce"/>.</summary>
    public string? AdmissionKeysFile { get; init; }

    /// <summary>Hands out the relays of every generation as soon as they are ready, without a gate that admits them.</summary>
    public bool AdmitAtOnce { get; init; }

    /// <summary>The generation of this host: it tells the gate which host answers, and its relays are handed out until an admission says otherwise.</summary>
    public string? Generation { get; init; }

    /// <summary>How long a relay may be silent before it counts as gone; three intervals of its heartbeats.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Clients that are told of other relays in a second when theirs drains or is gone: each of them makes new allocations.</summary>
    public int MovesPerSecond { get; init; } = 50;
}

/// <summary>Bounds on what one client and one room may use.</summary>
public sealed class SignallingLimitOptions
{
    /// <summary>Members of one room.</summary>
    public int RoomMembers { get; init; } = 8;

    /// <summary>Bytes of one WebSocket message.</summary>
    public int MessageBytes { get; init; } = 64 * 1024;

    /// <summary>Messages of one client in a second, on average; bursts of twice as many pass.</summary>
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>Messages that wait for one slow reader; beyond it the client is closed.</summary>
    public int OutgoingMessages { get; init; } = 256;

    /// <summary>Bytes of messages that wait for one slow reader; beyond it the client is closed.</summary>
    public int OutgoingBytes { get; init; } = 1024 * 1024;

    /// <summary>Signals of one member to another that wait for acknowledgement; beyond it the sender's are refused.</summary>
    public int Outbox { get; init; } = 128;

    /// <summary>Bytes of signals of one member to another that wait for acknowledgement; beyond it the sender's are refused.</summary>
    public int OutboxBytes { get; init; } = 256 * 1024;

    /// <summary>Bad messages that a client may send before it is closed.</summary>
    public int BadMessages { get; init; } = 5;

    /// <summary>How long a client that connected may take to say hello.</summary>
    public TimeSpan HelloDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections, and sessions (those waiting for their client included), of this node.</summary>
    public int Sessions { get; init; } = 10_000;

    /// <summary>
    /// WebSockets from one IPv4 address or one IPv6 /64, as many as people may share one; from a /56 twice as many, from a /48 four times. Behind a proxy that
    /// <see cref="SignallingOptions.Proxies"/> does not name all come from its address.
    /// </summary>
    public int ConnectionsPerAddress { get; init; } = 500;

    /// <summary>TCP connections without a session: pages that load, health checks, silent ones. When there are more, the oldest idle one is closed.</summary>
    public int IdleConnections { get; init; } = 2_000;

    /// <summary>TCP connections without a session from one IPv4 address or one IPv6 /64; from a /56 twice as many, from a /48 four times.</summary>
    public int IdleConnectionsPerAddress { get; init; } = 200;

    /// <summary>How long a TCP connection may stay without a request, before the first one and between two.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Sessions that the clients of one IPv4 address or one IPv6 /64 may begin in a minute, and at once; twice as many for a /56, four times for a /48. Each
    /// begins with a TURN credential for a subject of its own. Resumed sessions do not count.
    /// </summary>
    public int JoinsPerAddress { get; init; } = 60;

    /// <summary>Bytes of messages that this node keeps for its clients: those not read, not acknowledged, or not whole yet.</summary>
    public int KeptBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of messages kept for the clients of one IPv4 address or one IPv6 /64; twice as many for a /56, four times for a /48.</summary>
    public int KeptBytesPerAddress { get; init; } = 8 * 1024 * 1024;

    /// <summary>Rooms that have members on this node.</summary>
    public int Rooms { get; init; } = 5_000;

    /// <summary>How long a session that lost its connection may be resumed.</summary>
    public TimeSpan ResumeWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The interval of pings; a client that is silent for two of them is gone.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);
}
