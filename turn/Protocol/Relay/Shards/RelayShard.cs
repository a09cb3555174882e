using System.Collections.Concurrent;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// The TURN server of RFC 8656 as a state machine, without socket, clock or randomness of its own. A relay runs one or several; each client belongs to one.
/// <para>
/// How to drive it:
/// </para>
/// <list type="number">
/// <item>Show each message of a client to <see cref="Screen"/> first, from any thread. Send the answer that it wrote, if any; a message that it settled is done.
/// Ask <see cref="ScreenPeer"/> in the same way of what comes in by a relay socket.</item>
/// <item>Hand over what happened: <see cref="HandleClient(in ClientMessage, ref Packet, Instant)"/>, <see cref="HandlePeer"/>, <see cref="HandleHandover"/>,
/// <see cref="HandleRelayOpened"/>, <see cref="HandleRelayFailed"/>, <see cref="HandleClientGone"/>. The first three return the way that the packet takes, changed in
/// place; take it at once.</item>
/// <item>After every call, that to <see cref="HandleTime"/> or <see cref="Close"/> too, poll <see cref="TryPollEffect"/> until it returns false and do what it
/// says, in order. Every <see cref="OpenRelay"/> must be answered, exactly once, by <see cref="HandleRelayOpened"/> or <see cref="HandleRelayFailed"/>, whatever
/// happened meanwhile; between two polls is a good place.</item>
/// <item>Call <see cref="HandleTime"/> when <see cref="NextDeadline"/> is reached, and after <see cref="RelayShared.Revoke"/>. Coming late costs only memory: every
/// input ends first what has expired by its <c>now</c>.</item>
/// </list>
/// But for the screens two threads must never be inside one shard at once; different shards run independently. No input makes it throw. Packets on their way through allocate nothing.
/// </summary>
public sealed partial class RelayShard
{
    private RelaySettings _settings;
    private readonly RelayShared _shared;
    private readonly ushort _index;
    private readonly RandomSource _random;
    private readonly Responses _responses;
    private volatile ClientScreen _screen;
    private readonly ShardTimers _timers = new();
    private readonly Queue<RelayEffect> _effects = new();

    // Written by the shard alone; the screen looks clients up without its lock.
    private readonly ConcurrentDictionary<ClientHandle, Allocation> _allocations = [];
    private int _allocationCount;
    private bool _draining;

    /// <summary>Makes a shard.</summary>
    /// <param name="settings">The relay's settings; the same for all shards.</param>
    /// <param name="shared">What the shards share.</param>
    /// <param name="index">The shard's number; it is part of every <see cref="AllocationId"/>.</param>
    /// <param name="seed">32 random bytes, new at every start and for each shard: ports and tokens grow from them.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public RelayShard(RelaySettings settings, RelayShared shared, ushort index, ReadOnlySpan<byte> seed)
    {
        _settings = settings;
        _shared = shared;
        _index = index;
        _random = new(seed);
        _slots = new(index);
        _responses = new(settings, shared, Counters);
        _screen = NewScreen(settings);
        shared.Join(_allocations);
    }

    /// <summary>Room for the longest answer of <see cref="Screen"/> in bytes.</summary>
    public const int MaxAnswerLength = Responses.MaxLength;

    /// <summary>Allocations that stand; a moment old.</summary>
    public int Allocations => Volatile.Read(ref _allocationCount);

    /// <summary>How much room the relay, with all its shards, has for more. Safe beside whatever the shard does.</summary>
    public RelayCapacity Capacity(Instant now) => _shared.Capacity(now);

    /// <summary>Slots in use: allocations, those that are being opened, and reservations.</summary>
    internal int SlotsTaken => _slots.Taken;

    /// <summary>What happened so far.</summary>
    public RelayCounters Counters { get; } = new();

    /// <summary>When <see cref="HandleTime"/> has something to do, in monotonic milliseconds; <see cref="long.MaxValue"/> when nothing waits.</summary>
    public long NextDeadline => _timers.Next;

    /// <summary>Takes the next effect.</summary>
    public bool TryPollEffect(out RelayEffect effect) => _effects.TryDequeue(out effect!);

    /// <summary>
    /// Does for a client's message what needs no allocation: reads it, answers Binding and who did not sign rightly, and checks who did. Thread-safe, beside any
    /// other call: strangers do not keep who has an allocation waiting. ChannelData of who has one passes unread.
    /// </summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="message">A datagram, or one whole message of a stream, padding included.</param>
    /// <param name="now">The time.</param>
    /// <param name="answer">Receives the answer; <see cref="MaxAnswerLength"/> bytes are enough. None is written to ChannelData.</param>
    /// <param name="answerLength">The length of the answer to send to the client; 0 when there is none.</param>
    public ClientMessage Screen(in ClientHandle client, ReadOnlySpan<byte> message, Instant now, Span<byte> answer, out int answerLength)
    {
        // Made anew when there are other settings, by any of the threads that are here.
        var screen = _screen;
        if (!ReferenceEquals(screen.Settings, _shared.Settings)) _screen = screen = NewScreen(_shared.Settings);
        return screen.Read(client, message, now, answer, out answerLength);
    }

    /// <summary>What <see cref="Screen"/> does for ChannelData, which never has an answer and needs no time: who looks for it first saves the room for both.</summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="length">The length of the message in bytes.</param>
    public ClientMessage ScreenChannelData(in ClientHandle client, int length) => _screen.ReadChannelData(client, length);

    /// <summary>A message from a client that <see cref="Screen"/> did not settle.</summary>
    /// <param name="message">What the screen found.</param>
    /// <param name="packet">The bytes that it found it in.</param>
    /// <param name="now">The time; not before that of the calls that went before.</param>
    public Forward HandleClient(in ClientMessage message, ref Packet packet, Instant now)
    {
        Expire(now);
        if (message.IsSettled) return Forward.None;

        Counters.FromClients.Add(packet.Length);
        if (message.Kind == ClientMessageKind.ChannelData) return HandleChannelData(message.Allocation!, ref packet);
        if (message.Kind == ClientMessageKind.Send) return HandleSend(message.Allocation!, message, ref packet);

        HandleRequest(message.Transaction, StunMessage.ReadAgain(packet.Bytes), now);
        return Forward.None;
    }

    /// <summary>Both at once, for who drives the shard with one thread; the answer of <see cref="Screen"/> is an effect then.</summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="packet">A datagram, or one whole message of a stream, padding included.</param>
    /// <param name="now">The time.</param>
    public Forward HandleClient(in ClientHandle client, ref Packet packet, Instant now)
    {
        var message = Screen(client, packet.Bytes, now, _response, out var answerLength);
        if (answerLength > 0) _effects.Enqueue(new SendToClient(client, _response.AsSpan(0, answerLength).ToArray()));
        return HandleClient(message, ref packet, now);
    }

    /// <summary>
    /// Whether the client of a relay socket has a permission for the sender of a datagram that the socket received. Without one the datagram is counted and
    /// done. Thread-safe, beside any other call: strangers who know a relayed port do not keep media waiting.
    /// </summary>
    /// <param name="allocation">Whose socket.</param>
    /// <param name="peer">The sender.</param>
    /// <param name="length">The length of the payload in bytes.</param>
    public bool ScreenPeer(AllocationId allocation, TransportAddress peer, int length)
    {
        var reason = DropReason.NoAllocation;
        if (Find(allocation) is { } receiver)
        {
            _shared.Relayed.IsOwn(ref peer);
            if (receiver.Permissions.Allows(peer.Ip)) return true;
            Counters.FromPeers.AddShared(length);
            reason = DropReason.NoPermission;
        }

        Counters.CountDrop(reason);
        return false;
    }

    /// <summary>
    /// A datagram that the relay socket of an allocation received from the network. Its source address may be forged: what claims to come from another
    /// allocation of this relay is dropped, because that comes by <see cref="HandleHandover"/> or never leaves the shard.
    /// </summary>
    /// <param name="allocation">Whose socket.</param>
    /// <param name="peer">The source address of the datagram.</param>
    /// <param name="packet">The payload.</param>
    /// <param name="now">The time.</param>
    public Forward HandlePeer(AllocationId allocation, in TransportAddress peer, ref Packet packet, Instant now)
    {
        Expire(now);
        return Find(allocation) is { } receiver ? Receive(receiver, peer, ref packet) : Drop(DropReason.NoAllocation);
    }

    /// <summary>A payload that another shard of this relay handed over (<see cref="ForwardKind.ToShard"/>). Never call it with anything from the network.</summary>
    /// <param name="allocation">The receiver: <see cref="Forward.Allocation"/>.</param>
    /// <param name="sender">The sender's relayed transport address: <see cref="Forward.Peer"/>.</param>
    /// <param name="packet">The payload.</param>
    /// <param name="now">The time.</param>
    public Forward HandleHandover(AllocationId allocation, in TransportAddress sender, ref Packet packet, Instant now)
    {
        Expire(now);
        return Find(allocation) is { } receiver ? SendToClient(receiver, sender, ref packet) : Drop(DropReason.NoAllocation);
    }

    /// <summary>A client's connection closed: its allocation ends. For streams only.</summary>
    public void HandleClientGone(in ClientHandle client, Instant now)
    {
        Expire(now);
        if (_openings.TryGetValue(client, out var opening)) Abandon(opening, now);
        if (_allocations.TryGetValue(client, out var allocation)) End(allocation, AllocationEnd.ClientGone);
    }

    /// <summary>Time passed, or somebody was revoked.</summary>
    public void HandleTime(Instant now)
    {
        Expire(now);
        EndRevoked(now);
    }

    /// <summary>From now on no allocation is made: Allocate is answered 508. What stands goes on, and may be refreshed.</summary>
    public void Drain() => _draining = true;

    /// <summary>Ends everything, and makes no allocation afterwards.</summary>
    public void Close(Instant now)
    {
        Drain();
        Expire(now);
        foreach (var opening in _openings.Values.ToArray()) Abandon(opening, now);
        foreach (var allocation in _allocations.Values.ToArray()) End(allocation, AllocationEnd.Closed);
        while (_timers.TryTakeDue(long.MaxValue - 1, out var reservation)) End((Reservation)reservation);
    }

    private ClientScreen NewScreen(RelaySettings settings) => new(settings, _shared, Counters, _responses, _allocations);

    private Forward Drop(DropReason reason)
    {
        Counters.CountDrop(reason);
        return Forward.None;
    }
}
