using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>
/// A TURN client (RFC 8656) of one five-tuple with at most one allocation: allocate, permit or bind, send, receive, refresh, release.
/// Requests may overlap; all of them throw <see cref="TurnException"/>.
/// </summary>
public sealed class TurnClient : IAsyncDisposable
{
    /// <summary>The servers that <see cref="ConnectAllocatedAsync"/> asks at most.</summary>
    public const int MaxServers = 4;

    // Attempts at one request: the challenge, the signed request, and two nonces that became stale in between.
    internal const int MaxAttempts = 4;

    // Peers that wait for AcceptPeerAsync; the relay closes those beyond.
    private const int MaxAttempted = 64;

    private readonly ITurnTransport _transport;
    private readonly TurnClientOptions _options;
    private readonly StunTransactions _transactions;
    private readonly LongTermCredential? _credential;
    private readonly Channel<TurnDatagram> _datagrams;
    private readonly Channel<(uint Number, TransportAddress Peer)> _attempts;
    private readonly ConcurrentDictionary<ushort, TransportAddress> _peerOfChannel = new();
    private readonly ConcurrentDictionary<TransportAddress, ushort> _channelOfPeer = new();
    private readonly ConcurrentDictionary<IpAddress, byte> _permitted = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _receiving;
    private Task _refreshing = Task.CompletedTask;
    private int _nextChannel = ChannelData.FirstChannel;
    private bool _disposed;

    /// <summary>Creates a client over an open transport; the client closes it.</summary>
    public TurnClient(ITurnTransport transport, TurnClientOptions options)
    {
        (_transport, _options) = (transport, options);
        _transactions = new(transport, options.Retransmission, options.TimeProvider);
        _credential = options.Credentials is { } credentials ? new(credentials, options.PasswordAlgorithms) : null;
        _attempts = Channel.CreateBounded<(uint, TransportAddress)>(
            new BoundedChannelOptions(MaxAttempted) { FullMode = BoundedChannelFullMode.DropWrite });
        _datagrams = Channel.CreateBounded<TurnDatagram>(
            new BoundedChannelOptions(options.ReceiveQueue) { FullMode = BoundedChannelFullMode.DropOldest });
        _receiving = Task.Run(ReceiveLoopAsync);
    }

    /// <summary>Opens the transport and creates a client.</summary>
    /// <exception cref="TurnException">The server can't be reached, or its certificate isn't valid.</exception>
    public static async Task<TurnClient> ConnectAsync(TurnClientOptions options, CancellationToken cancellation = default) =>
        options.Transport == ClientTransport.Udp
            ? new(new UdpTransport(options), options)
            : new(await StreamTransport.ConnectAsync(options, cancellation), options);

    /// <summary>
    /// Connects and allocates, and follows a server that names another one (300 Try Alternate, RFC 8489 §10): with the same credential and
    /// transport, each server once, and <see cref="MaxServers"/> at most.
    /// </summary>
    /// <returns>A client with an allocation.</returns>
    /// <exception cref="TurnException">
    /// A server failed or refused; with <see cref="StunErrorCode.TryAlternate"/> if it named one that was asked already.
    /// </exception>
    public static async Task<TurnClient> ConnectAllocatedAsync(
        TurnClientOptions options, AllocateOptions? allocation = null, CancellationToken cancellation = default)
    {
        var asked = new HashSet<TransportAddress> { options.Server };
        while (true)
        {
            var client = await ConnectAsync(options, cancellation);
            try
            {
                await client.AllocateAsync(allocation, cancellation);
                return client;
            }
            catch (TurnException refused)
            {
                await client.DisposeAsync();
                if (refused.Alternate is not { } alternate || asked.Count == MaxServers || !asked.Add(alternate.Server)) throw;
                options = options with
                {
                    Server = alternate.Server,
                    TlsHost = alternate.Domain ?? options.TlsHost ?? options.Server.Ip.ToString(),
                };
            }
            catch
            {
                await client.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The client's own address and port.</summary>
    public TransportAddress Local => _transport.Local;

    /// <summary>The allocation; null before <see cref="AllocateAsync"/> and after <see cref="ReleaseAsync"/>.</summary>
    public TurnAllocation? Allocation { get; private set; }

    /// <summary>Why automatic refreshing ended; null while it works.</summary>
    public TurnException? RefreshFailure { get; private set; }

    /// <summary>The number of pending requests.</summary>
    internal int PendingRequests => _transactions.Count;

    /// <summary>Requests the client's reflexive address (Binding, RFC 8489 §2).</summary>
    public async Task<TransportAddress> BindingAsync(CancellationToken cancellation = default)
    {
        var response = await RequestAsync(StunMethod.Binding, authenticate: false, static (ref StunWriter _) => { }, cancellation);
        return TurnRequests.ReadMappedAddress(Read(response));
    }

    /// <summary>
    /// Requests what a Causeway relay carries (<see cref="StunAttributeType.RelayUse"/>). The credential's subject must be <see
    /// cref="Credentials.OperatorSubject"/>.
    /// </summary>
    /// <returns>Null when the server doesn't support it and answers like any Binding request.</returns>
    public async Task<RelayUse?> UseAsync(CancellationToken cancellation = default)
    {
        var answer = await RequestAsync(
            StunMethod.Binding,
            authenticate: true,
            static (ref StunWriter writer) => writer.Add(StunAttributeType.RelayUse, []),
            cancellation);
        return ReadUse(Read(answer));
    }

    // A server without support doesn't send a challenge, and an unsigned number could be anyone's.
    private RelayUse? ReadUse(in StunMessage response)
    {
        if (_credential!.Signer?.Verifies(response) != true || !response.TryGet(StunAttributeType.RelayUse, out var value)) return null;
        return RelayUse.TryRead(value, out var use) ? use : null;
    }

    /// <summary>Creates the allocation (RFC 8656 §7).</summary>
    public async Task<TurnAllocation> AllocateAsync(AllocateOptions? options = null, CancellationToken cancellation = default)
    {
        var requested = options ?? new();
        var response = await RequestAsync(
            StunMethod.Allocate,
            authenticate: true,
            (ref StunWriter writer) => TurnRequests.AddAllocate(ref writer, requested),
            cancellation);
        var allocation = TurnRequests.ReadAllocation(Read(response));
        Allocation = allocation;
        if (_options.AutoRefresh && _refreshing.IsCompleted) _refreshing = Task.Run(RefreshLoopAsync, CancellationToken.None);
        return allocation;
    }

    /// <summary>Permits datagrams from the IP addresses of peers for five minutes (CreatePermission, RFC 8656 §10).</summary>
    public async Task PermitAsync(IEnumerable<IpAddress> peers, CancellationToken cancellation = default)
    {
        var addresses = peers.ToArray();
        await RequestAsync(StunMethod.CreatePermission, authenticate: true, (ref StunWriter writer) =>
        {
            foreach (var address in addresses) writer.AddXorAddress(StunAttributeType.XorPeerAddress, new(address, 0));
        }, cancellation);
        foreach (var address in addresses) _permitted[address] = 0;
    }

    /// <inheritdoc cref="PermitAsync(IEnumerable{IpAddress}, CancellationToken)"/>
    public Task PermitAsync(IpAddress peer, CancellationToken cancellation = default) => PermitAsync([peer], cancellation);

    /// <summary>Binds or refreshes a peer's channel, which also permits the peer (ChannelBind, RFC 8656 §12).</summary>
    /// <returns>The channel's number.</returns>
    public async Task<ushort> BindChannelAsync(TransportAddress peer, CancellationToken cancellation = default)
    {
        if (!_channelOfPeer.TryGetValue(peer, out var channel))
        {
            channel = (ushort)(Interlocked.Increment(ref _nextChannel) - 1);
            if (channel > ChannelData.LastChannel) throw new InvalidOperationException("all channel numbers of this client are used");
        }

        // The server may send on the channel before its response is read here.
        _peerOfChannel[channel] = peer;
        await RequestAsync(StunMethod.ChannelBind, authenticate: true, (ref StunWriter writer) =>
        {
            writer.Add(StunAttributeType.ChannelNumber, (uint)channel << 16);
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        }, cancellation);
        _channelOfPeer[peer] = channel;
        return channel;
    }

    /// <summary>
    /// Sends a datagram to a peer: over its channel if it has one, otherwise as a Send indication (RFC 8656 §11). Delivery isn't reported.
    /// </summary>
    public ValueTask SendAsync(TransportAddress peer, ReadOnlyMemory<byte> payload, CancellationToken cancellation = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + TurnRequests.SendOverhead);
        var length = _channelOfPeer.TryGetValue(peer, out var channel)
            ? TurnRequests.WriteChannelData(buffer, channel, payload.Span, _transport.Transport != ClientTransport.Udp)
            : TurnRequests.WriteSendIndication(buffer, peer, payload.Span);
        return SendAsync(buffer, length, cancellation);
    }

    /// <summary>
    /// Sends a datagram as a Send indication with DONT-FRAGMENT (RFC 8656 §11.1, §18.9): routers drop it instead of fragmenting it. For
    /// path MTU probes.
    /// </summary>
    public ValueTask SendUnfragmentedAsync(TransportAddress peer, ReadOnlyMemory<byte> payload, CancellationToken cancellation = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + TurnRequests.SendOverhead);
        return SendAsync(buffer, TurnRequests.WriteSendIndication(buffer, peer, payload.Span, dontFragment: true), cancellation);
    }

    /// <summary>Waits for the next relayed datagram. Don't combine it with <see cref="TurnClientOptions.Received"/>.</summary>
    /// <exception cref="TurnException">The connection ended.</exception>
    public async ValueTask<TurnDatagram> ReceiveAsync(CancellationToken cancellation = default)
    {
        try
        {
            return await _datagrams.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException closed)
        {
            throw closed.InnerException as TurnException ?? Closed();
        }
    }

    /// <summary>
    /// Connects the relayed address of a TCP allocation to a peer, and a new connection of the client to that (Connect and ConnectionBind,
    /// RFC 6062 §4.3).
    /// </summary>
    /// <returns>The bytes of the peer's connection, both ways; disposing it closes the connection.</returns>
    public async Task<TurnPeerConnection> ConnectPeerAsync(TransportAddress peer, CancellationToken cancellation = default)
    {
        var response = await RequestAsync(
            StunMethod.Connect,
            authenticate: true,
            (ref StunWriter writer) => writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer),
            cancellation);
        return await BindAsync(TurnRequests.ReadConnectionId(Read(response)), peer, cancellation);
    }

    /// <summary>
    /// Waits for a peer with a permission that connects to the relayed address of a TCP allocation (ConnectionAttempt and ConnectionBind,
    /// RFC 6062 §4.4).
    /// </summary>
    /// <exception cref="TurnException">The connection to the server ended, or the peer's was closed meanwhile.</exception>
    public async Task<TurnPeerConnection> AcceptPeerAsync(CancellationToken cancellation = default)
    {
        var (number, peer) = await ReceiveAttemptAsync(cancellation);
        return await BindAsync(number, peer, cancellation);
    }

    /// <summary>Waits for the next ConnectionAttempt, and leaves it unbound.</summary>
    internal async ValueTask<(uint Number, TransportAddress Peer)> ReceiveAttemptAsync(CancellationToken cancellation)
    {
        try
        {
            return await _attempts.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException closed)
        {
            throw closed.InnerException as TurnException ?? Closed();
        }
    }

    /// <summary>Refreshes the allocation (RFC 8656 §8).</summary>
    /// <returns>The granted lifetime.</returns>
    public async Task<TimeSpan> RefreshAsync(TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        var response = await RequestAsync(StunMethod.Refresh, authenticate: true, (ref StunWriter writer) =>
        {
            if (lifetime is { } wish) writer.Add(StunAttributeType.Lifetime, (uint)wish.TotalSeconds);
        }, cancellation);
        var granted = TurnRequests.ReadLifetime(Read(response));
        if (Allocation is { } allocation) Allocation = allocation with { Lifetime = granted };
        return granted;
    }

    /// <summary>Ends the allocation (a Refresh with lifetime 0); the client may allocate again.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation = default)
    {
        try
        {
            await RefreshAsync(TimeSpan.Zero, cancellation);
        }
        catch (TurnException ended) when (ended.Code == StunErrorCode.AllocationMismatch)
        {
            // It ended already, or this answers a repeated request whose first answer was lost (RFC 8656 §8.3).
        }

        Allocation = null;
        _peerOfChannel.Clear();
        _channelOfPeer.Clear();
        _permitted.Clear();
    }

    /// <summary>Closes the transport. A relay keeps a datagram client's allocation until it expires, so release it first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _closed.CancelAsync();
        await _transport.DisposeAsync();
        await _receiving;
        await _refreshing;
        _closed.Dispose();
    }

    private Task<TurnPeerConnection> BindAsync(uint number, TransportAddress peer, CancellationToken cancellation) =>
        TurnPeerConnection.BindAsync(_options, _credential!.Signer, number, peer, cancellation);

    private ValueTask SendAsync(byte[] buffer, int length, CancellationToken cancellation)
    {
        var sending = _transport.SendAsync(buffer.AsMemory(0, length), cancellation);
        if (!sending.IsCompletedSuccessfully) return FinishAsync(sending, buffer);
        ArrayPool<byte>.Shared.Return(buffer);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask FinishAsync(ValueTask sending, byte[] buffer)
    {
        try
        {
            await sending;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Repeats a request until success or a final error (RFC 8489 §9.2.5).</summary>
    private async Task<byte[]> RequestAsync(StunMethod method, bool authenticate, AddAttributes add, CancellationToken cancellation)
    {
        if (authenticate && _credential is null)
            throw new InvalidOperationException($"{method} needs {nameof(TurnClientOptions)}.{nameof(TurnClientOptions.Credentials)}");
        ObjectDisposedException.ThrowIf(_disposed, this);

        for (var attempt = 1; ; attempt++)
        {
            var signer = authenticate ? _credential!.Signer : null;
            var id = StunTransactions.NewId();
            var request = TurnRequests.Write(method, id, add, signer);
            var bytes = await _transactions.RequestAsync(id, request, cancellation);
            if (StunJudge.IsFinal(method, bytes, signer, attempt < MaxAttempts ? _credential : null)) return bytes;
        }
    }

    private async Task ReceiveLoopAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(Packet.BufferLength);
        var failure = Closed();
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                var length = await _transport.ReceiveAsync(buffer);
                if (length < 0) break;
                Handle(buffer.AsSpan(0, length));
            }
            catch (Exception end)
                when (end is SocketException or IOException or ObjectDisposedException or OperationCanceledException or TurnException)
            {
                failure = _transport.Explain(end);
                // An ICMP error fails pending requests (RFC 8489 §6.2.1), but doesn't end the socket.
                if (failure.Failure != TurnFailure.Unreachable || _transport.Transport != ClientTransport.Udp) break;
                _transactions.Fail(failure);
            }
        }

        _transactions.Fail(failure);
        _datagrams.Writer.TryComplete(failure);
        _attempts.Writer.TryComplete(failure);
    }

    private void Handle(ReadOnlySpan<byte> message)
    {
        if (ChannelData.IsMatch(message))
        {
            if (ChannelData.TryRead(message, out var data) && _peerOfChannel.TryGetValue(data.Channel, out var bound))
                Deliver(bound, data.Payload);
        }
        else if (StunMessage.TryRead(message, out var stun))
        {
            if (stun.Class is StunClass.SuccessResponse or StunClass.ErrorResponse) _transactions.Complete(stun);
            else if (TurnRequests.TryReadDataIndication(stun, out var peer, out var payload)) Deliver(peer, payload);
            else if (TurnRequests.TryReadConnectionAttempt(stun, out var number, out peer)) _attempts.Writer.TryWrite((number, peer));
            else if (TurnRequests.TryReadPeerError(stun, out var error)) Deliver(error);
        }
    }

    private void Deliver(TransportAddress peer, ReadOnlySpan<byte> payload)
    {
        if (_options.Received is { } received) received(peer, payload);
        else _datagrams.Writer.TryWrite(new(peer, payload.ToArray()));
    }

    // A server doesn't tell errors of other peers (RFC 8656 §11.6).
    private void Deliver(in TurnPeerError error)
    {
        if (_options.PeerFailed is { } failed && IsPermitted(error.Peer.Ip)) failed(error);
    }

    private bool IsPermitted(IpAddress peer)
    {
        if (_permitted.ContainsKey(peer)) return true;
        foreach (var (_, bound) in _peerOfChannel)
        {
            if (bound.Ip == peer) return true;
        }

        return false;
    }

    /// <summary>Refreshes a minute before anything expires; permissions are the shortest with five minutes (RFC 8656 §9).</summary>
    private async Task RefreshLoopAsync()
    {
        try
        {
            while (Allocation is { } allocation)
            {
                await Task.Delay(RefreshSchedule.Next(allocation.Lifetime), _options.TimeProvider, _closed.Token);
                if (Allocation is null) return;

                await RefreshAsync(cancellation: _closed.Token);
                if (!_permitted.IsEmpty) await PermitAsync(_permitted.Keys, _closed.Token);
                foreach (var peer in _channelOfPeer.Keys) await BindChannelAsync(peer, _closed.Token);
            }
        }
        catch (TurnException failure)
        {
            RefreshFailure = failure;
        }
        catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException)
        {
            // The client was closed.
        }
    }

    private static StunMessage Read(byte[] bytes) => StunJudge.Read(bytes);

    private TurnException Closed() => new(TurnFailure.Closed, $"the connection to {_options.Server} is closed");
}
