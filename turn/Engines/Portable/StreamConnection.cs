using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// A client's TCP or TLS connection. Received bytes are cut into frames in place; outgoing messages wait in a bounded queue, so that a slow
/// reader doesn't affect others.
/// <code>
/// read loop:   socket → (TLS) → FrameReader → shard
/// write loop:  shard → SendQueue → MessageWriter → (TLS) → socket
/// </code>
/// </summary>
internal sealed class StreamConnection : Outlet
{
    private readonly PortableEngine _engine;
    private readonly PortableShard _shard;
    private readonly Socket _socket;
    private readonly Listener _listener;
    private readonly SendQueue _queue;
    private readonly MessageWriter _writer;
    private readonly long _began;
    private long _deadline;
    private bool _isHeard;
    private volatile bool _hadAllocation;
    private int _ended;
    private volatile PeerLink? _peer;

    public StreamConnection(PortableEngine engine, PortableShard shard, Socket socket, Listener listener, in ClientHandle handle)
    {
        (_engine, _shard, _socket, _listener, Handle) = (engine, shard, socket, listener, handle);
        _queue = new(engine.SendBudget, Settings.SendBufferBytes, Settings.MaxQueueDelay);
        _writer = new(engine, _queue, socket);
        _began = engine.Clock.Milliseconds;
        _deadline = _began + (long)Settings.HandshakeTimeout.TotalMilliseconds;
        Waiting = new(this);
    }

    /// <summary>
    /// The client. Final before its first message: a proxy names its address, and on a port that TLS and plain TCP share, the first byte
    /// shows its transport.
    /// </summary>
    public ClientHandle Handle { get; private set; }

    /// <summary>The address whose limits it counts to; null for a connection of a proxy that hasn't named the client yet.</summary>
    public IpAddress? CountedAs { get; set; }

    /// <summary>Its entry in the list of connections without an allocation.</summary>
    public LinkedListNode<StreamConnection> Waiting { get; }

    /// <summary>Whether the client has, or had, an allocation.</summary>
    public bool HadAllocation => _hadAllocation;

    /// <summary>Whether the client must read answers before it may request more.</summary>
    public bool IsAnswerBound => _queue.IsAnswerBound;

    private RelayStreamOptions Settings => _engine.Settings.Streams;

    /// <summary>Whether it carries a peer's bytes instead of messages (RFC 6062 §5.4).</summary>
    public bool IsBound => _peer is not null;

    /// <summary>Serves the client until the connection ends.</summary>
    public async Task RunAsync()
    {
        var writing = Task.CompletedTask;
        try
        {
            await using var stream = await OpenAsync();
            if (stream is null) return;
            writing = WriteAsync(stream);
            var rest = await new FrameReader(_engine, this).RunAsync(stream);
            _queue.Complete();
            await writing;
            if (_peer is { } peer) await peer.CarryAsync(stream, _socket, rest);
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client disconnected, or was closed.
            CountTimeout(end);
        }
        catch (Exception end) when (end is AuthenticationException or InvalidOperationException or NotSupportedException)
        {
            _engine.Counters.CountHandshakeFailed();
        }
#pragma warning disable CA1031 // One client's connection must not end the process; the failure is reported.
        catch (Exception unexpected)
        {
            _engine.ReportUnexpected("connection", unexpected);
        }
#pragma warning restore CA1031
        finally
        {
            Abort();
            _queue.Close();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _peer?.End();
            _shard.HandleClientClosed(Handle);
        }
    }

    /// <summary>Handles a received message.</summary>
    public void Receive(ref Packet packet, SendAddresses addresses)
    {
        if (!_isHeard)
        {
            _isHeard = true;
            // From the connection's start: later messages don't extend it.
            if (!_hadAllocation) Volatile.Write(ref _deadline, _began + (long)Settings.AllocationTimeout.TotalMilliseconds);
        }

        _shard.HandleClient(Handle, ref packet, addresses);
    }

    /// <summary>
    /// Makes it the data connection of a peer's, behind what is queued. It has no time limit then: it lives as long as the allocation.
    /// </summary>
    public void Bind(PeerLink peer)
    {
        _peer = peer;
        Volatile.Write(ref _deadline, long.MaxValue);
        _engine.Streams.SetWaiting(this, false);
    }

    /// <summary>Sets whether the client has an allocation; without one its time is limited.</summary>
    public void SetAllocation(bool there, long now)
    {
        if (there) _hadAllocation = true;
        Volatile.Write(ref _deadline, there ? long.MaxValue : now + (long)Settings.AllocationTimeout.TotalMilliseconds);
        _engine.Streams.SetWaiting(this, !there);
    }

    /// <summary>Queues a message; drops older ones when the reader is too slow.</summary>
    public override void Send(
        ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields = default)
    {
        var queueing = _queue.Add(message, _engine.Clock.Milliseconds);
        _engine.Counters.CountSendOutdated(queueing.Outdated);
        _engine.Counters.CountSendBufferFull(queueing.Crowded);
    }

    /// <summary>Waits until the client has read answers.</summary>
    public Task AnswersTakenAsync() => _queue.AnswersTakenAsync();

    /// <summary>Closes after everything queued is sent.</summary>
    public void Close()
    {
        _queue.Complete();
        var latest = _engine.Clock.Milliseconds + (long)Settings.HandshakeTimeout.TotalMilliseconds;
        Volatile.Write(ref _deadline, Math.Min(Volatile.Read(ref _deadline), latest));
    }

    /// <summary>Closes at once.</summary>
    public void Abort() => _socket.Dispose();

    /// <summary>Closes the connection if it exceeds a time limit; called every second or so.</summary>
    public void Sweep(long now)
    {
        _engine.Counters.CountSendOutdated(_queue.Sweep(now));
        var slow = _writer.Stuck(now) > Settings.SendTimeout.TotalMilliseconds;
        if ((!slow && now <= Volatile.Read(ref _deadline)) || Interlocked.Exchange(ref _ended, 1) == 1) return;

        if (slow) _engine.Counters.CountSlowReader();
        else _engine.Counters.CountIdle();
        Abort();
    }

    /// <summary>Sets the client that a proxy names; under the lock of <see cref="StreamConnections"/>.</summary>
    public void Identify(TransportAddress client)
    {
        Handle = Handle with { Address = client };
        CountedAs = client.Ip;
    }

    /// <summary>The PROXY header, then TLS or plain; null when the connection must end.</summary>
    private async Task<Stream?> OpenAsync()
    {
        if (CountedAs is null && !await TryIdentifyAsync()) return null;

        var stream = new NetworkStream(_socket, ownsSocket: true);
        if (_listener.AcceptsPlain && !await StreamStart.IsTlsAsync(_socket)) Handle = Handle with { Transport = ClientTransport.Tcp };
        if (Handle.Transport != ClientTransport.Tls) return stream;

        var tls = new SslStream(stream);
        try
        {
            var options = new SslServerAuthenticationOptions { ServerCertificateContext = _engine.Settings.Certificate!() };
            await tls.AuthenticateAsServerAsync(options);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> TryIdentifyAsync()
    {
        var (state, header) = await StreamStart.ReadProxyHeaderAsync(_socket);
        var client = header.Source ?? Handle.Address;
        // A client has no address of the relay's own probes, which no limit applies to.
        var isProbe = header.Source is not null && _engine.Settings.Probes.Contains(Handle.Transport, client);
        if (state == ProxyHeaderState.Complete && !isProbe) return _engine.Streams.TryIdentify(this, client);

        // One that ends before its header is a health check, or a client that left.
        if (state != ProxyHeaderState.Incomplete) _engine.Counters.CountBadProxyHeader();
        return false;
    }

    private async Task WriteAsync(Stream stream)
    {
        try
        {
            await _writer.RunAsync(stream);
            // The end of the queue is the end of the connection: the read loop ends with it.
            if (!IsBound) _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            CountTimeout(end);
            Abort();
        }
        finally
        {
            _queue.Close();
        }
    }

    // TCP_USER_TIMEOUT: the system closes a connection without acknowledgements, perhaps just before Sweep does.
    private void CountTimeout(Exception end)
    {
        var reason = end as SocketException ?? end.InnerException as SocketException;
        if (reason?.SocketErrorCode == SocketError.TimedOut && Interlocked.Exchange(ref _ended, 1) == 0) _engine.Counters.CountSlowReader();
    }
}
