using System.Collections.Concurrent;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// The TURN server of RFC 8656 as a state machine, without socket, clock or randomness. A relay runs one or more; each client belongs to
/// one.
/// <para>
/// How to use it:
/// </para>
/// <list type="number">
/// <item>Pass each message of a client to <see cref="Screen"/> first, from any thread. Send the response that it wrote, if any; a settled
/// message is done. Pass each datagram of a relay socket to <see cref="ScreenPeer"/>, and each ICMP error to <see cref="ScreenPeerError"/>,
/// in the same way.</item>
/// <item>Pass on what happened: <see cref="HandleClient(in ClientMessage, ref Packet, Instant)"/>, <see cref="HandlePeer"/>,
/// <see cref="HandleHandover"/>, <see cref="HandlePeerError"/>, <see cref="HandleRelayOpened"/>, <see cref="HandleRelayFailed"/>,
/// <see cref="HandleClientClosed"/>, and for TCP allocations <see cref="HandlePeerAccepted"/>, <see cref="HandlePeerConnected"/>,
/// <see cref="HandlePeerFailed"/>, <see cref="HandlePeerData"/>, <see cref="HandlePeerClosed"/>. The first three change the packet in
/// place and return where it goes; forward it at once.</item>
/// <item>After every call, also to <see cref="HandleTime"/> and <see cref="Close"/>, poll <see cref="TryPollEffect"/> until it returns
/// false, and run the effects in order. Answer every <see cref="OpenRelay"/> exactly once with <see cref="HandleRelayOpened"/> or
/// <see cref="HandleRelayFailed"/>, also between two polls; and every <see cref="ConnectPeer"/> once, at any time.</item>
/// <item>Call <see cref="HandleTime"/> at <see cref="NextDeadline"/>, and after <see cref="RelayShared.Revoke"/>. A late call only costs
/// memory: every input first ends what has expired by its <c>now</c>.</item>
/// </list>
/// Only one thread at a time may call a shard, except its screens; different shards are independent. No input makes it throw. Forwarding a
/// packet doesn't allocate.
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

    // Only the shard writes; the screen looks clients up without the shard's lock.
    private readonly ConcurrentDictionary<ClientHandle, Allocation> _allocations = [];
    private int _allocationCount;
    private bool _draining;
    private bool _closed;

    /// <summary>Creates a shard.</summary>
    /// <param name="settings">The relay's settings, the same for all shards.</param>
    /// <param name="shared">The state that the shards share.</param>
    /// <param name="index">The shard's number, a part of every <see cref="AllocationId"/>.</param>
    /// <param name="seed">32 random bytes, new at every start and for each shard, to derive ports and tokens from.</param>
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

    /// <summary>The length of the longest response of <see cref="Screen"/> in bytes.</summary>
    public const int MaxAnswerLength = Responses.MaxLength;

    /// <summary>Gets the number of allocations, a moment old.</summary>
    public int Allocations => Volatile.Read(ref _allocationCount);

    /// <summary>Gets the capacity of the relay with all its shards. Thread-safe.</summary>
    public RelayCapacity Capacity(Instant now) => _shared.Capacity(now);

    /// <summary>Gets the slots in use: of allocations, openings and reservations.</summary>
    internal int SlotsTaken => _slots.Taken;

    /// <summary>Gets the counters of the shard.</summary>
    public RelayCounters Counters { get; } = new();

    /// <summary>Gets when to call <see cref="HandleTime"/>, in monotonic milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline => _timers.Next;

    /// <summary>Takes the next effect.</summary>
    public bool TryPollEffect(out RelayEffect effect) => _effects.TryDequeue(out effect!);

    /// <summary>
    /// Handles what needs no allocation: reads a client's message, answers Binding and unauthenticated requests, and authenticates the
    /// others. ChannelData of clients with an allocation passes unread. Thread-safe alongside any other call, so that strangers don't delay
    /// clients with an allocation.
    /// </summary>
    /// <param name="client">The sender.</param>
    /// <param name="message">A datagram, or a whole message of a stream with its padding.</param>
    /// <param name="now">The time.</param>
    /// <param name="answer">Receives the response; <see cref="MaxAnswerLength"/> bytes are enough. ChannelData never has one.</param>
    /// <param name="answerLength">The length of the response to send to the client; 0 for none.</param>
    public ClientMessage Screen(in ClientHandle client, ReadOnlySpan<byte> message, Instant now, Span<byte> answer, out int answerLength)
    {
        // Replaced by any of the calling threads when the settings have changed.
        var screen = _screen;
        if (!ReferenceEquals(screen.Settings, _shared.Settings)) _screen = screen = NewScreen(_shared.Settings);
        return screen.Read(client, message, now, answer, out answerLength);
    }

    /// <summary><see cref="Screen"/> for ChannelData, which needs neither a buffer for a response nor the time.</summary>
    /// <param name="client">The sender.</param>
    /// <param name="length">The length of the message in bytes.</param>
    public ClientMessage ScreenChannelData(in ClientHandle client, int length) => _screen.ReadChannelData(client, length);

    /// <summary>Handles a message from a client that <see cref="Screen"/> didn't settle.</summary>
    /// <param name="message">The result of the screen.</param>
    /// <param name="packet">The same bytes.</param>
    /// <param name="now">The time; not before that of earlier calls.</param>
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

    /// <summary>
    /// Screens and handles a message, for a caller with one thread; the response of <see cref="Screen"/> is an effect then.
    /// </summary>
    /// <param name="client">The sender.</param>
    /// <param name="packet">A datagram, or a whole message of a stream with its padding.</param>
    /// <param name="now">The time.</param>
    public Forward HandleClient(in ClientHandle client, ref Packet packet, Instant now)
    {
        var message = Screen(client, packet.Bytes, now, _response, out var answerLength);
        if (answerLength > 0) _effects.Enqueue(new SendToClient(client, _response.AsSpan(0, answerLength).ToArray()));
        return HandleClient(message, ref packet, now);
    }

    /// <summary>
    /// Whether the client of a relay socket has a permission for the sender of a datagram; if not, the datagram is counted and dropped.
    /// Thread-safe alongside any other call, so that strangers who know a relayed port don't delay media.
    /// </summary>
    /// <param name="allocation">The owner of the socket.</param>
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
    /// Handles a datagram that a relay socket received from the network. Its source may be forged: one that claims to come from an
    /// allocation of this relay is dropped, because such payload comes through <see cref="HandleHandover"/> or never leaves the shard.
    /// </summary>
    /// <param name="allocation">The owner of the socket.</param>
    /// <param name="peer">The source address of the datagram.</param>
    /// <param name="packet">The payload.</param>
    /// <param name="now">The time.</param>
    public Forward HandlePeer(AllocationId allocation, in TransportAddress peer, ref Packet packet, Instant now)
    {
        Expire(now);
        return Find(allocation) is { } receiver ? Receive(receiver, peer, ref packet) : Drop(DropReason.NoAllocation);
    }

    /// <summary>Handles a payload from another shard (<see cref="ForwardKind.ToShard"/>). Never pass anything from the network.</summary>
    /// <param name="allocation">The receiver: <see cref="Forward.Allocation"/>.</param>
    /// <param name="sender">The sender's relayed transport address: <see cref="Forward.Peer"/>.</param>
    /// <param name="packet">The payload.</param>
    /// <param name="now">The time.</param>
    public Forward HandleHandover(AllocationId allocation, in TransportAddress sender, ref Packet packet, Instant now)
    {
        Expire(now);
        return Find(allocation) is { } receiver ? SendToClient(receiver, sender, ref packet) : Drop(DropReason.NoAllocation);
    }

    /// <summary>Ends the allocation of a client whose connection closed. For streams only.</summary>
    public void HandleClientClosed(in ClientHandle client, Instant now)
    {
        Expire(now);
        if (_openings.TryGetValue(client, out var opening)) Abandon(opening, now);
        if (_allocations.TryGetValue(client, out var allocation)) End(allocation, AllocationEnd.ClientGone);
    }

    /// <summary>Ends what has expired, and the allocations of revoked subjects.</summary>
    public void HandleTime(Instant now)
    {
        Expire(now);
        EndRevoked(now);
    }

    /// <summary>Refuses new allocations with 508 from now on. Current ones continue and may be refreshed.</summary>
    public void Drain() => _draining = true;

    /// <summary>Accepts new allocations again after <see cref="Drain"/>; not after <see cref="Close"/>.</summary>
    public void Undrain() => _draining = _closed;

    /// <summary>Ends all allocations, and refuses new ones.</summary>
    public void Close(Instant now)
    {
        _closed = true;
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
