namespace Causeway.Turn.Options;

/// <summary>
/// The relay's settings: the section <c>relay</c> of the settings file, of the environment (<c>CAUSEWAY_RELAY__REALM</c>) and of the
/// command line (<c>--relay:realm</c>).
/// </summary>
public sealed class RelayOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "relay";

    /// <summary>
    /// Gets the realm of long-term credentials (RFC 8489 §9.2), at most 127 characters; clients see it. Defaults to <c>causeway</c>.
    /// </summary>
    public string Realm { get; init; } = "causeway";

    /// <summary>Gets the listeners: one entry for each transport, address and port. At least one is required.</summary>
    public IReadOnlyList<RelayListenerOptions> Listeners { get; init; } = [];

    /// <summary>
    /// Gets the addresses of relayed transport addresses, at most one of each family. Defaults to the addresses that the relay detects,
    /// also those that appear later.
    /// </summary>
    public IReadOnlyList<RelayAddressOptions> Addresses { get; init; } = [];

    /// <summary>
    /// Gets the range of relayed ports, first and last included, from 1024 (RFC 8656 §7.2). Defaults to <c>49152-65535</c>.
    /// </summary>
    public string Ports { get; init; } = "49152-65535";

    /// <summary>
    /// Gets the secrets that may sign credentials, the current one first. At least one is required, here or in <see cref="SecretsFile"/>.
    /// </summary>
    [Secret]
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Gets a file with one secret per line, the current one first. It is read at start and when settings are reloaded.</summary>
    public string? SecretsFile { get; init; }

    /// <summary>
    /// Gets the users whose passwords don't expire, each as <c>name:password</c>, or <c>name:0x…</c> with the key that coturn's turnadmin
    /// prints: MD5 of <c>name:realm:password</c> in hexadecimal digits. A client that chooses SHA-256 needs <c>:0x…</c> with that hash of
    /// the same behind it. At most 10,000 with those of <see cref="UsersFile"/>. A reload ends the allocations of removed users and of
    /// those with another password. Defaults to none.
    /// </summary>
    [Secret]
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Gets a file with one user of <see cref="Users"/> per line. It is read at start and when settings are reloaded.</summary>
    public string? UsersFile { get; init; }

    /// <summary>
    /// Gets whether clients are told to send a hash of their name instead of the name (USERHASH, RFC 8489 §9.2), while there are
    /// <see cref="Users"/>. Clients that obey, which browsers don't, can't use time-limited credentials then. Defaults to
    /// <see langword="false"/>: a hash is understood, and not asked for.
    /// </summary>
    public bool HideUsernames { get; init; }

    /// <summary>
    /// Gets the PEM file of the certificate chain, the server's own certificate first. Required for listeners of <c>tls</c> and
    /// <c>tcp+tls</c>. It is read again when it changes; open connections keep the certificate that they began with.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>Gets the PEM file of the certificate's key. Required for the same listeners.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>
    /// Gets how long an allocation may outlive the expiry of its credential, so that a renewal can be late. Defaults to 5 minutes.
    /// </summary>
    public TimeSpan CredentialGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the prefixes (<c>192.0.2.0/24</c>) that are allowed as peers although the built-in deny table contains them.</summary>
    public IReadOnlyList<string> AllowPeers { get; init; } = [];

    /// <summary>Gets the prefixes that are denied as peers in addition to the built-in deny table.</summary>
    public IReadOnlyList<string> DenyPeers { get; init; } = [];

    /// <summary>
    /// Gets whether every prefix of <see cref="AllowPeers"/> also allows this host's own addresses, which no firewall protects. For a
    /// developer's machine, where browsers run beside the relay. Otherwise only a prefix of one single address does, or one of loopback.
    /// Defaults to <see langword="false"/>.
    /// </summary>
    public bool AllowHostPeers { get; init; }

    /// <summary>
    /// Gets whether clients over TCP and TLS may allocate TCP relayed addresses, connect from them to peers and accept peers (RFC 6062). No
    /// browser uses them. The firewall must let TCP to <see cref="Ports"/> pass if peers are to connect. Defaults to
    /// <see langword="false"/>.
    /// </summary>
    public bool TcpAllocations { get; init; }

    /// <summary>
    /// Gets other relays, at most 64, which clients are sent to while this one drains or is full: an authenticated Allocate request gets
    /// 300 with one of them instead of 508 (ALTERNATE-SERVER, RFC 8489 §10), if one serves the client's transport and address family. They
    /// need the same secrets or users. Browsers don't follow it. Defaults to none.
    /// </summary>
    public IReadOnlyList<RelayAlternateOptions> Alternates { get; init; } = [];

    /// <summary>Gets the limits on what clients may use.</summary>
    public RelayQuotaOptions Quotas { get; init; } = new();

    /// <summary>Gets the lifetimes that the RFCs let a server choose.</summary>
    public RelayLifetimeOptions Lifetimes { get; init; } = new();

    /// <summary>Gets the sizes of the buffers of UDP sockets.</summary>
    public RelayBufferOptions Buffers { get; init; } = new();

    /// <summary>Gets the limits on TCP and TLS clients.</summary>
    public RelayStreamOptions Streams { get; init; } = new();

    /// <summary>
    /// Gets the engine that moves the packets: <c>portable</c> (.NET sockets, on every system), or <c>auto</c>, the fastest one that this
    /// machine can run. Defaults to <c>auto</c>.
    /// </summary>
    public string Engine { get; init; } = "auto";

    /// <summary>
    /// Gets the number of shards, each with its own state machine and lock. Defaults to 0: one for each processor, four at most.
    /// </summary>
    public int Shards { get; init; }

    /// <summary>
    /// Gets the endpoint that serves health, metrics and the admin interface over HTTP, as <c>127.0.0.1:9478</c>. Every program on this
    /// host may use one on loopback, unless <see cref="AdminTokenFile"/> is set; elsewhere that is required. Defaults to none.
    /// </summary>
    public string? Admin { get; init; }

    /// <summary>
    /// Gets a file with the bearer tokens of the admin interface, one per line, of at least 32 characters each. Health and metrics need
    /// none. It is read at start and when settings are reloaded. Defaults to none.
    /// </summary>
    public string? AdminTokenFile { get; init; }

    /// <summary>Gets how long a stopping relay waits for its allocations to end. Defaults to 120 seconds.</summary>
    public TimeSpan DrainDeadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Gets the settings of heartbeats to signalling.</summary>
    public RelayHeartbeatOptions Heartbeat { get; init; } = new();
}
