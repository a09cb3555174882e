namespace Causeway.Turn.Engines;

/// <summary>
/// What went wrong on an engine's sockets, counted since its start. The traffic itself is counted by the shards. Written rarely, by any
/// thread, so the writes are interlocked.
/// </summary>
public sealed class EngineCounters
{
    private long _sendBufferFull;
    private long _sendTooLarge;
    private long _sendUnreachable;
    private long _sendFailed;
    private long _receiveFailed;
    private long _receiveTooLarge;
    private long _sendOutdated;
    private long _receiveBufferFull;
    private long _connectionsRefused;
    private long _connectionsDisplaced;
    private long _handshakesFailed;
    private long _badFrames;
    private long _slowReaders;
    private long _idle;
    private long _relaysNotOpened;
    private long _unexpected;

    /// <summary>Messages dropped because a socket's send buffer (EAGAIN, ENOBUFS) or a slow reader's queue was full.</summary>
    public long SendBufferFull => Volatile.Read(ref _sendBufferFull);

    /// <summary>Relayed data dropped because it had waited too long for a slow reader.</summary>
    public long SendOutdated => Volatile.Read(ref _sendOutdated);

    /// <summary>Datagrams that the path does not take (EMSGSIZE).</summary>
    public long SendTooLarge => Volatile.Read(ref _sendTooLarge);

    /// <summary>Datagrams to where there is no route, or where a firewall on this host says no.</summary>
    public long SendUnreachable => Volatile.Read(ref _sendUnreachable);

    /// <summary>Datagrams not sent for another reason, such as a socket that was just closed.</summary>
    public long SendFailed => Volatile.Read(ref _sendFailed);

    /// <summary>Receives that failed, such as by an ICMP error that the system reports on the socket.</summary>
    public long ReceiveFailed => Volatile.Read(ref _receiveFailed);

    /// <summary>Datagrams larger than <see cref="Protocol.Relay.Packet.MaxLength"/>; UDP has none.</summary>
    public long ReceiveTooLarge => Volatile.Read(ref _receiveTooLarge);

    /// <summary>
    /// Datagrams that the system dropped because a socket's receive buffer was full (Linux), of listeners and relay sockets; a second old
    /// for those that are open.
    /// </summary>
    public long ReceiveBufferFull => Volatile.Read(ref _receiveBufferFull);

    /// <summary>Connections closed at once because there were too many, together or from one network, or too few descriptors.</summary>
    public long ConnectionsRefused => Volatile.Read(ref _connectionsRefused);

    /// <summary>Connections without an allocation that were closed because a new one came when there were too many.</summary>
    public long ConnectionsDisplaced => Volatile.Read(ref _connectionsDisplaced);

    /// <summary>TLS handshakes that failed.</summary>
    public long HandshakesFailed => Volatile.Read(ref _handshakesFailed);

    /// <summary>Connections closed because their bytes were neither STUN nor ChannelData.</summary>
    public long BadFrames => Volatile.Read(ref _badFrames);

    /// <summary>Connections closed because the client took nothing of what was sent to it.</summary>
    public long SlowReaders => Volatile.Read(ref _slowReaders);

    /// <summary>Connections closed because the client took too long: for the handshake and its first message, or for an
    /// allocation.</summary>
    public long Idle => Volatile.Read(ref _idle);

    /// <summary>Relay sockets that the system refused, for another reason than a taken port.</summary>
    public long RelaysNotOpened => Volatile.Read(ref _relaysNotOpened);

    /// <summary>Exceptions that nobody expected, caught in a loop.</summary>
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

    internal void CountReceiveFailed() => Interlocked.Increment(ref _receiveFailed);

    internal void CountReceiveTooLarge() => Interlocked.Increment(ref _receiveTooLarge);

    internal void CountReceiveBufferFull(uint datagrams) => Interlocked.Add(ref _receiveBufferFull, datagrams);

    internal void CountConnectionRefused() => Interlocked.Increment(ref _connectionsRefused);

    internal void CountConnectionDisplaced() => Interlocked.Increment(ref _connectionsDisplaced);

    internal void CountHandshakeFailed() => Interlocked.Increment(ref _handshakesFailed);

    internal void CountBadFrame() => Interlocked.Increment(ref _badFrames);

    internal void CountSlowReader() => Interlocked.Increment(ref _slowReaders);

    internal void CountIdle() => Interlocked.Increment(ref _idle);

    internal void CountRelayNotOpened() => Interlocked.Increment(ref _relaysNotOpened);

    internal void CountUnexpected() => Interlocked.Increment(ref _unexpected);
}
