namespace Causeway.Signalling.Options;

/// <summary>
/// Limits on what one client and one room may use. A limit for an address applies to one IPv4 address or one IPv6 /64; a /56 has twice as
/// much, a /48 four times.
/// </summary>
public sealed class SignallingLimitOptions
{
    /// <summary>Gets the members of one room. Defaults to 8.</summary>
    public int RoomMembers { get; init; } = 8;

    /// <summary>Gets the bytes of one WebSocket message. Defaults to 64 KiB.</summary>
    public int MessageBytes { get; init; } = 64 * 1024;

    /// <summary>Gets the messages of one client per second, on average; bursts of twice as many pass. Defaults to 50.</summary>
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>Gets the messages that may wait for one slow client; beyond it the client is closed. Defaults to 256.</summary>
    public int OutgoingMessages { get; init; } = 256;

    /// <summary>Gets the bytes of messages that may wait for one slow client; beyond it the client is closed. Defaults to 1 MiB.</summary>
    public int OutgoingBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Gets the unacknowledged signals from one member to another; beyond it the sender's signals are refused. Defaults to 128.
    /// </summary>
    public int Outbox { get; init; } = 128;

    /// <summary>
    /// Gets the bytes of unacknowledged signals from one member to another; beyond it the sender's signals are refused. Defaults to 256
    /// KiB.
    /// </summary>
    public int OutboxBytes { get; init; } = 256 * 1024;

    /// <summary>Gets the invalid messages that a client may send before it is closed. Defaults to 5.</summary>
    public int BadMessages { get; init; } = 5;

    /// <summary>Gets how long a new client may take to send its hello. Defaults to 10 seconds.</summary>
    public TimeSpan HelloDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets the connections of this node, and its sessions, including those that wait for their client to resume. Defaults to 10,000.
    /// </summary>
    public int Sessions { get; init; } = 10_000;

    /// <summary>
    /// Gets the WebSockets from one address; many people may share one. All clients of a proxy that <see cref="SignallingOptions.Proxies"/>
    /// doesn't name have its address. Defaults to 500.
    /// </summary>
    public int ConnectionsPerAddress { get; init; } = 500;

    /// <summary>
    /// Gets the TCP connections without a session: pages that load, health checks, silent clients. Beyond it the oldest idle one is closed.
    /// Defaults to 2,000.
    /// </summary>
    public int IdleConnections { get; init; } = 2_000;

    /// <summary>Gets the TCP connections without a session from one address. Defaults to 200.</summary>
    public int IdleConnectionsPerAddress { get; init; } = 200;

    /// <summary>
    /// Gets how long a TCP connection may be without a request, before the first one and between two. Defaults to 15 seconds.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Gets the sessions that clients of one address may begin per minute, and in one burst. Each gets a TURN credential with its own
    /// subject. Resumed sessions don't count. Defaults to 60.
    /// </summary>
    public int JoinsPerAddress { get; init; } = 60;

    /// <summary>
    /// Gets the bytes of messages that this node keeps for its clients: unread, unacknowledged or incomplete. Defaults to 64 MiB.
    /// </summary>
    public int KeptBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Gets the bytes of messages kept for the clients of one address. Defaults to 8 MiB.</summary>
    public int KeptBytesPerAddress { get; init; } = 8 * 1024 * 1024;

    /// <summary>Gets the rooms with members on this node. Defaults to 5,000.</summary>
    public int Rooms { get; init; } = 5_000;

    /// <summary>Gets how long a session without a connection may be resumed. Defaults to 30 seconds.</summary>
    public TimeSpan ResumeWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the interval of pings; a client that is silent for two of them is closed. Defaults to 20 seconds.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);
}
