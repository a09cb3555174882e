namespace Causeway.Turn.Engines;

/// <summary>
/// Failures on an engine's sockets since its start. The shards count the traffic itself. Written rarely and by any thread, so the writes
/// are interlocked.
/// </summary>
public sealed class EngineCounters
{
    private long _sendBufferFull;
    private long _sendTooLarge;
    private long _sendUnreachable;
    private long _sendFailed;
    private long _sendRetried;
    private long _receiveFailed;
    private long _receiveTooLarge;
    private long _sendOutdated;
    private long _receiveBufferFull;
    private long _connectionsRefused;
    private long _connectionsDisplaced;
    private long _handshakesFailed;
    private long _badProxyHeaders;
    private long _badFrames;
    private long _slowReaders;
    private long _idle;
    private long _relaysNotOpened;
    private long _unexpected;

    /// <summary>Messages dropped because a socket's send buffer (EAGAIN, ENOBUFS) or a slow reader's queue was full.</summary>
    public long SendBufferFull => Volatile.Read(ref _sendBufferFull);

    /// <summary>Relayed data dropped because it waited too long for a slow reader.</summary>
    public long SendOutdated => Volatile.Read(ref _sendOutdated);

    /// <summary>Datagrams too long for the path (EMSGSIZE).</summary>
    public long SendTooLarge => Volatile.Read(ref _sendTooLarge);

    /// <summary>Datagrams without a route, or rejected by a firewall on this host.</summary>
    public long SendUnreachable => Volatile.Read(ref _sendUnreachable);

    /// <summary>Datagrams not sent for another reason, such as a closed socket.</summary>
    public long SendFailed => Volatile.Read(ref _sendFailed);

    /// <summary>
    /// Datagrams to peers sent again, because the first attempt failed with the ICMP error of an earlier one, perhaps to another peer.
    /// </summary>
    public long SendRetried => Volatile.Read(ref _sendRetried);

    /// <summary>
    /// Failed receives, for lack of memory, or on systems other than Linux with an ICMP error that the system reports on the socket.
    /// </summary>
    public long ReceiveFailed => Volatile.Read(ref _receiveFailed);

    /// <summary>Datagrams longer than <see cref="Protocol.Relay.Packet.MaxLength"/>; UDP has none.</summary>
    public long ReceiveTooLarge => Volatile.Read(ref _receiveTooLarge);

    /// <summary>
    /// Datagrams that the system dropped because the receive buffer of a listener or relay socket was full (Linux). Open sockets are read
    /// once a second.
    /// </summary>
    public long ReceiveBufferFull => Volatile.Read(ref _receiveBufferFull);

    /// <summary>Connections refused because there were too many, in total or from one network, or too few descriptors.</summary>
    public long ConnectionsRefused => Volatile.Read(ref _connectionsRefused);

    /// <summary>Connections without an allocation closed in favor of a new one.</summary>
    public long ConnectionsDisplaced => Volatile.Read(ref _connectionsDisplaced);

    /// <summary>TLS handshakes that failed.</summary>
    public long HandshakesFailed => Volatile.Read(ref _handshakesFailed);

    /// <summary>Connections from a proxy closed because they began without a PROXY header, or with an invalid one.</summary>
    public long BadProxyHeaders => Volatile.Read(ref _badProxyHeaders);

    /// <summary>Connections closed because their bytes were neither STUN nor ChannelData.</summary>
    public long BadFrames => Volatile.Read(ref _badFrames);

    /// <summary>Connections closed because the client didn't read what was sent to it.</summary>
    public long SlowReaders => Volatile.Read(ref _slowReaders);

    /// <summary>
    /// Connections closed because the client took too long: for the handshake and its first message, or for an allocation.
    /// </summary>
    public long Idle => Volatile.Read(ref _idle);

    /// <summary>Relay sockets that the system refused for another reason than a port in use.</summary>
    public long RelaysNotOpened => Volatile.Read(ref _relaysNotOpened);

    /// <summary>Unexpected exceptions caught in a loop.</summary>
    public long Unexpected => Volatile.Read(ref _unexpected);

    internal void CountSendBufferFull() => Interlocked.Increment(ref _sendBufferFull);

    internal void CountSendBufferFull(int messages)
    {
        if (messages > 0) Interlocked.Add(ref _sendBufferFull, messages);
    }

    internal void CountSendOutdated(int messages)
    {
        if (messages > 0) Interlocked.Add(ref _sendOutdated, messages);
    }

    internal void CountSendTooLarge() => Interlocked.Increment(ref _sendTooLarge);

    internal void CountSendUnreachable() => Interlocked.Increment(ref _sendUnreachable);

    internal void CountSendFailed() => Interlocked.Increment(ref _sendFailed);

    internal void CountSendRetried() => Interlocked.Increment(ref _sendRetried);

    internal void CountReceiveFailed() => Interlocked.Increment(ref _receiveFailed);

    internal void CountReceiveTooLarge() => Interlocked.Increment(ref _receiveTooLarge);

    internal void CountReceiveBufferFull(uint datagrams) => Interlocked.Add(ref _receiveBufferFull, datagrams);

    internal void CountConnectionRefused() => Interlocked.Increment(ref _connectionsRefused);

    internal void CountConnectionDisplaced() => Interlocked.Increment(ref _connectionsDisplaced);

    internal void CountHandshakeFailed() => Interlocked.Increment(ref _handshakesFailed);

    internal void CountBadProxyHeader() => Interlocked.Increment(ref _badProxyHeaders);

    internal void CountBadFrame() => Interlocked.Increment(ref _badFrames);

    internal void CountSlowReader() => Interlocked.Increment(ref _slowReaders);

    internal void CountIdle() => Interlocked.Increment(ref _idle);

    internal void CountRelayNotOpened() => Interlocked.Increment(ref _relaysNotOpened);

    internal void CountUnexpected() => Interlocked.Increment(ref _unexpected);
}
