using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// A state machine with its lock and timer. Strangers are answered before the lock, which covers the state machine's decisions but not
/// sending: <c>receive → screen → lock { handle, effects, find the outlet } → send</c>.
/// </summary>
internal sealed partial class PortableShard : IDisposable
{
    // A day: timers have a limit, deadlines don't. Waking early costs one call without work.
    private const long MaxWait = 24 * 60 * 60 * 1000;

    private readonly PortableEngine _engine;
    private readonly RelayShard _core;
    private readonly ListenerSockets _listeners;
    private readonly int _index;
    private readonly Lock _gate = new();
    private readonly SendAddresses _effectAddresses = new();
    private readonly ITimer _timer;
    private long _timerSetFor = long.MaxValue;
    private volatile bool _closed;

    public PortableShard(PortableEngine engine, RelayShard core, ListenerSockets listeners, int index)
    {
        (_engine, _core, _listeners, _index) = (engine, core, listeners, index);
        _timer = engine.Clock.Time.CreateTimer(
            static shard => ((PortableShard)shard!).HandleTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Allocations => _core.Allocations;

    public RelayCapacity Capacity => _core.Capacity(_engine.Clock.Now);

    public void HandleClient(in ClientHandle client, ref Packet packet, SendAddresses addresses)
    {
        // Media needs neither the clock nor a buffer for an answer here.
        var message = ChannelData.IsMatch(packet.Bytes)
            ? _core.ScreenChannelData(client, packet.Length)
            : Screen(client, packet.Bytes, addresses);
        if (message.IsSettled) return;

        Forward forward;
        Outlet? outlet;
        lock (_gate)
        {
            if (_closed) return;
            // Read under the lock, so that the time never goes back from one call to the next.
            var now = _engine.Clock.Now;
            forward = _core.HandleClient(message, ref packet, now);
            RunEffects(now);
            outlet = Find(forward);
        }

        Carry(forward, outlet, ref packet, addresses);
    }

    /// <summary>A datagram that a relay socket received.</summary>
    public void HandlePeer(AllocationId allocation, in TransportAddress peer, ref Packet packet, SendAddresses addresses)
    {
        if (_core.ScreenPeer(allocation, peer, packet.Length)) Receive(allocation, peer, ref packet, addresses, isHandover: false);
    }

    // Data for an allocation: from the network, or a payload from another shard.
    private void Receive(
        AllocationId allocation, in TransportAddress source, ref Packet packet, SendAddresses addresses, bool isHandover)
    {
        Forward forward;
        Outlet? outlet;
        lock (_gate)
        {
            if (_closed) return;
            // Read under the lock, so that the time never goes back from one call to the next.
            var now = _engine.Clock.Now;
            forward = isHandover
                ? _core.HandleHandover(allocation, source, ref packet, now)
                : _core.HandlePeer(allocation, source, ref packet, now);
            RunEffects(now);
            outlet = Find(forward);
        }

        Carry(forward, outlet, ref packet, addresses);
    }

    /// <summary>An ICMP error for a datagram that a relay socket sent. Takes the lock only for what is reported to the client.</summary>
    public void HandlePeerError(AllocationId allocation, in TransportAddress peer, in IcmpError error)
    {
        if (_closed || !_core.ScreenPeerError(allocation, peer, error, _engine.Clock.Now)) return;
        lock (_gate)
        {
            if (_closed) return;
            var now = _engine.Clock.Now;
            _core.HandlePeerError(allocation, peer, error, now);
            RunEffects(now);
        }
    }

    /// <summary>A client's connection ended.</summary>
    public void HandleClientClosed(ClientHandle client) => Call((core, now) => core.HandleClientClosed(client, now));

    public void Drain()
    {
        lock (_gate) _core.Drain();
    }

    public void Undrain()
    {
        lock (_gate) _core.Undrain();
    }

    /// <summary>Calls the state machine under the lock; the default once the shard is closed.</summary>
    public TResult? Call<TResult>(Func<RelayShard, Instant, TResult> call)
    {
        lock (_gate)
        {
            if (_closed) return default;
            var now = _engine.Clock.Now;
            try
            {
                return call(_core, now);
            }
            finally
            {
                RunEffects(now);
            }
        }
    }

    private void Call(Action<RelayShard, Instant> call) => Call((core, now) =>
    {
        call(core, now);
        return true;
    });

    /// <summary>Ends all allocations and closes their sockets.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            var now = _engine.Clock.Now;
            _core.Close(now);
            RunEffects(now);
            _closed = true;
        }

        _timer.Dispose();
    }

    /// <summary>Handles expiry and revocations.</summary>
    public void HandleTime()
    {
        lock (_gate)
        {
            if (_closed) return;
            _timerSetFor = long.MaxValue;
            var now = _engine.Clock.Now;
            try
            {
                try
                {
                    _core.HandleTime(now);
                }
                finally
                {
                    RunEffects(now);
                }
            }
#pragma warning disable CA1031 // An exception of a timer would end the process; it is reported.
            catch (Exception unexpected)
            {
                _engine.ReportUnexpected("timer", unexpected);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>Handles what needs no allocation without the lock, so that a flood of it doesn't delay media.</summary>
    private ClientMessage Screen(in ClientHandle client, ReadOnlySpan<byte> bytes, SendAddresses addresses)
    {
        if (_closed) return default;
        Span<byte> answer = stackalloc byte[RelayShard.MaxAnswerLength];
        var message = _core.Screen(client, bytes, _engine.Clock.Now, answer, out var length);
        if (length > 0) Find(client)?.Send(answer[..length], client.Address, addresses);
        return message;
    }

    private Outlet? Find(in Forward forward) => forward.Kind switch
    {
        ForwardKind.ToClient => Find(forward.Client),
        ForwardKind.ToPeer => _engine.Relays.GetValueOrDefault(forward.Relayed),
        _ => null,
    };

    private Outlet? Find(in ClientHandle client) =>
        client.IsStream ? _engine.Streams.Find(client.Endpoint) : _listeners.Find(client.Endpoint, _index);

    private void Carry(in Forward forward, Outlet? outlet, ref Packet packet, SendAddresses addresses)
    {
        switch (forward.Kind)
        {
            case ForwardKind.ToClient:
                outlet?.Send(packet.Bytes, forward.Client.Address, addresses, packet.Ip);
                break;
            case ForwardKind.ToPeer:
                ((RelaySocket?)outlet)?.Send(packet.Bytes, forward.Peer, addresses, packet.Ip, forward.DontFragment);
                break;
            case ForwardKind.ToShard:
                // Handed over by the same thread in the same buffer. The sender's lock is released, so there is no lock order to keep, no
                // queue to bound and nothing to copy. The result is never ToShard again.
                _engine.Shard(forward.Allocation.Shard)?.Receive(forward.Allocation, forward.Peer, ref packet, addresses, isHandover: true);
                break;
        }
    }

    /// <summary>Runs the state machine's effects and sets the timer, even if an event handler throws.</summary>
    private void RunEffects(Instant now)
    {
        try
        {
            DoEffects(now);
        }
        finally
        {
            SetTimer(now);
        }
    }

    /// <summary>An effect that can fail is answered, which may add more effects.</summary>
    private void DoEffects(Instant now)
    {
        while (_core.TryPollEffect(out var effect))
        {
            switch (effect)
            {
                case SendToClient send: Find(send.Client)?.Send(send.Message.Span, send.Client.Address, _effectAddresses); break;
                case OpenRelay open: Open(open, now); break;
                case ReassignRelay reassign: Reassign(reassign); break;
                case CloseRelay closed: CloseRelay(closed.Local); break;
                case ConnectPeer connect: Connect(connect); break;
                case BindPeer bind: Bind(bind); break;
                case ClosePeer close: _engine.Peers.Find(close.Connection)?.Close(); break;
                case CloseClient close: _engine.Streams.Find(close.Client.Endpoint)?.Close(); break;
                case AllocationCreated created:
                    if (created.Client.IsStream) _engine.Streams.Find(created.Client.Endpoint)?.SetAllocation(true, now.Milliseconds);
                    _engine.Events.Created(created);
                    break;
                case AllocationEnded ended:
                    if (ended.Client.IsStream) _engine.Streams.Find(ended.Client.Endpoint)?.SetAllocation(false, now.Milliseconds);
                    _engine.Events.Ended(ended);
                    break;
            }
        }
    }

    private void Open(OpenRelay asked, Instant now)
    {
        Socket socket;
        try
        {
            socket = asked.IsTcp
                ? PeerListener.Open(asked.Local)
                : DatagramSocket.Open(asked.Local, _engine.Settings.Buffers.RelayBytes, reusePort: false);
        }
        catch (SocketException failure)
        {
            var reason = Reason(failure.SocketErrorCode);
            if (reason != RelayFailure.PortInUse) _engine.ReportRelayNotOpened(asked, reason, failure);
            _core.HandleRelayFailed(asked.Allocation, asked.Local, reason, now);
            return;
        }

        if (!asked.IsProbe && !_engine.Descriptors.TryTake(socket.SafeHandle))
        {
            socket.Dispose();
            _engine.ReportRelayNotOpened(asked, RelayFailure.Exhausted, new SocketException((int)SocketError.TooManyOpenSockets));
            _core.HandleRelayFailed(asked.Allocation, asked.Local, RelayFailure.Exhausted, now);
            return;
        }

        if (asked.IsTcp)
        {
            Listen(asked, socket, now);
            return;
        }

        var relay = new RelaySocket(_engine, socket, asked.Local.Family, new(this, asked.Allocation)) { IsProbe = asked.IsProbe };
        _engine.Relays[asked.Local] = relay;
        _core.HandleRelayOpened(asked.Allocation, asked.Local, now);
        _engine.Run(relay.RunAsync);
    }

    private void CloseRelay(in TransportAddress local)
    {
        if (_engine.Relays.TryRemove(local, out var relay))
        {
            relay.Close();
            if (!relay.IsProbe) _engine.Descriptors.Return();
        }
        else
        {
            _engine.Peers.StopListening(local);
        }
    }

    private void Reassign(ReassignRelay asked)
    {
        if (_engine.Relays.TryGetValue(asked.Local, out var relay)) relay.Owner = new(this, asked.Allocation);
    }

    private static RelayFailure Reason(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse or SocketError.AccessDenied => RelayFailure.PortInUse,
        SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => RelayFailure.AddressNotAvailable,
        _ => RelayFailure.Exhausted,
    };

    // The timer is only set to an earlier time; a deadline that moved back costs one call without work.
    private void SetTimer(Instant now)
    {
        var next = _core.NextDeadline;
        if (next >= _timerSetFor) return;
        _timerSetFor = next;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(next - now.Milliseconds, 0, MaxWait)), Timeout.InfiniteTimeSpan);
    }
}
