using Causeway.Signalling.Clients;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Signalling.Rooms;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// One member's stay in one room. It outlives its connection by the resume window: signals that come meanwhile wait in the pairs' windows, and a
/// client that comes back with the token finds itself where it was. Others learn that it is gone only when it ends.
/// <code>
///   joining ──Welcome──▶ attached ◀──TryResume── detached ──window passed──▶ ended
///                            └───────Detach────────▶┘            └ leave, misconduct ┘
/// </code>
/// </summary>
internal sealed class Session : IDisposable
{
    /// <summary>Why a session ends whose client broke the rules.</summary>
    public const string Removed = "removed";

    private readonly SessionHost _host;
    private readonly IOptionsMonitor<SignallingOptions> _settings;
    private readonly IceServers _ice;
    private readonly KeptBytes.Share _kept;
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, SessionPeer> _peers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _goneBeforeWelcome = new(StringComparer.Ordinal);
    private readonly ITimer _resumeTimer;
    private readonly ITimer _iceTimer;
    private readonly ITimer _leaseTimer;
    private Connection? _connection;
    private IReadOnlyList<string> _handed = [];
    private bool _welcomed;
    private bool _ended;
    private long _renewals;

    /// <summary>Creates a session for a client that is about to join.</summary>
    public Session(
        SessionHost host, IOptionsMonitor<SignallingOptions> settings, IceServers ice, TimeProvider time, KeptBytes.Share kept, string token,
        SessionAddress address, Hello hello)
    {
        (_host, _settings, _ice, _kept) = (host, settings, ice, kept);
        (Token, Address, Room, Name, Limits) = (token, address, hello.Room, hello.Name ?? "", settings.CurrentValue.Limits);
        (Client, Replaces) = (ClientId.Of(Room, hello.Key), ClientId.Of(Room, hello.Replaces));
        _resumeTimer = time.CreateTimer(_ => _ = EndAsync(null, "lost"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _iceTimer = time.CreateTimer(_ => RenewIceServers(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _leaseTimer = time.CreateTimer(_ => _ = CheckLeaseAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What a client proves with that the session is its own.</summary>
    public string Token { get; }

    /// <summary>Where the session lives, and the member's id.</summary>
    public SessionAddress Address { get; }

    /// <summary>The room's name.</summary>
    public string Room { get; }

    /// <summary>What to call the member; until the room has welcomed it, what it asked for.</summary>
    public string Name { get; private set; }

    /// <summary>The public id of the client's key; null when it gave none.</summary>
    public string? Client { get; }

    /// <summary>The public id of the client whose place this one takes; null for none.</summary>
    public string? Replaces { get; }

    /// <summary>Whether the client is connected.</summary>
    public bool IsAttached
    {
        get { lock (_gate) return _connection is not null; }
    }

    /// <summary>Gets the limits that the client was told last. After a reload it is told others with its next connection.</summary>
    public SignallingLimitOptions Limits { get; private set; }

    /// <summary>Ends the joining: from now on the client hears of the room.</summary>
    /// <param name="name">What the member is called in the room.</param>
    /// <param name="peers">The other members as the room knew them; what changed since was told by <see cref="Joined"/> and <see cref="LeftBy"/>.</param>
    /// <param name="connection">The client's connection.</param>
    public void Welcome(string name, IReadOnlyList<RoomPeer> peers, Connection connection)
    {
        lock (_gate)
        {
            if (_ended) return;
            Name = name;
            var since = _peers.Values.ToList();
            var windows = _peers.ToDictionary();
            _peers.Clear();
            foreach (var info in peers.Concat(since.Where(peer => peer.Info is not null).Select(peer => peer.Info!)))
            {
                if (_goneBeforeWelcome.Contains(info.Address.Member)) continue;
                var peer = windows.GetValueOrDefault(info.Address.Member) ?? NewPeer();
                peer.Info = info;
                _peers.TryAdd(info.Address.Member, peer);
            }

            foreach (var (member, peer) in windows)
                if (!_peers.ContainsKey(member)) peer.Incoming.Clear();
            _goneBeforeWelcome.Clear();
            _welcomed = true;
            _leaseTimer.Change(RoomGrain.Lease, Timeout.InfiniteTimeSpan);
            Attach(connection, resumed: false);
        }
    }

    /// <summary>Takes up the session on another connection; the earlier one is closed.</summary>
    /// <returns>False when the session has ended.</returns>
    public bool TryResume(Connection connection)
    {
        Connection? earlier;
        lock (_gate)
        {
            if (_ended || !_welcomed) return false;
            earlier = _connection;
            Attach(connection, resumed: true);
        }

        earlier?.Close(CloseCode.ResumedElsewhere, "the session was resumed on another connection");
        return true;
    }

    /// <summary>The connection is gone; the session waits for the client to come back.</summary>
    public void Detach(Connection connection)
    {
        lock (_gate)
        {
            if (_ended || _connection != connection) return;
            _connection = null;
            _iceTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _resumeTimer.Change(Limits.ResumeWindow, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the session, unless another connection has taken it up: tells the room and forgets everything.</summary>
    /// <param name="connection">Whose end it is; null when the window for a return has passed.</param>
    /// <param name="reason">What the others are told.</param>
    public async Task EndAsync(Connection? connection, string reason)
    {
        lock (_gate)
        {
            // A client may come back in the very moment in which its window passes or its earlier connection ends: it keeps the session that it was welcomed to.
            if (_ended || (_connection is not null && _connection != connection)) return;
            Finish();
        }

        await _host.EndedAsync(this, reason);
    }

    // Ends the session whatever connection it has.
    private async Task EndAsync(string reason, CloseCode code, string words, Func<bool> unless)
    {
        Connection? connection;
        lock (_gate)
        {
            if (_ended || unless()) return;
            connection = _connection;
            Finish();
        }

        await _host.EndedAsync(this, reason);
        connection?.Close(code, words);
    }

    private void Finish()
    {
        _ended = true;
        _connection = null;
        Dispose();
    }

    // The room has not spoken of this member for the length of a lease. It may have lost it; then the client joins anew.
    private async Task CheckLeaseAsync()
    {
        long before;
        lock (_gate)
        {
            if (_ended) return;
            before = _renewals;
            _leaseTimer.Change(RoomGrain.Lease, Timeout.InfiniteTimeSpan);
        }

        // A room that cannot be asked now is asked again. Two checks may be under way at once, where asking takes as long as a lease.
        if (await _host.AskRoomAsync(this))
            await EndAsync("lost", CloseCode.Internal, "the room lost this member; connect again", unless: () => _renewals != before);
    }

    /// <summary>Ends the session because its client has another one now; a connection that it still has is closed.</summary>
    public Task ReplaceAsync() =>
        EndAsync("replaced", CloseCode.ResumedElsewhere, "the client joined again on another connection", unless: () => false);

    /// <summary>Takes the room's word for who is in it: what a session was not told when it happened is told now.</summary>
    public void Renew(IReadOnlyList<RoomPeer> others)
    {
        lock (_gate)
        {
            // Who is not welcomed yet is given the room by its welcome.
            if (_ended || !_welcomed) return;
            _renewals++;
            _leaseTimer.Change(RoomGrain.Lease, Timeout.InfiniteTimeSpan);
            foreach (var member in _peers.Keys.Except(others.Select(other => other.Address.Member)).ToList()) LeftBy(member, "lost");
            foreach (var other in others)
                if (!_peers.ContainsKey(other.Address.Member)) Joined(other);
        }
    }

    /// <summary>Takes another member's signal: keeps it until it is acknowledged and passes it on when the client is there.</summary>
    public Delivery Receive(Signal signal)
    {
        lock (_gate)
        {
            if (_ended) return new(DeliveryOutcome.NoSuchMember);
            if (!_peers.TryGetValue(signal.From, out var peer))
            {
                // The sender may know of this member before the room's answer to its join is back here.
                if (_welcomed) return new(DeliveryOutcome.NoSuchMember);
                _peers.Add(signal.From, peer = NewPeer());
            }

            var message = new KeptWire(WireJson.Write(signal), _kept);
            var delivery = peer.Incoming.Take(signal.Seq, message);
            var passed = delivery.Outcome is DeliveryOutcome.Taken or DeliveryOutcome.Duplicate;
            // A duplicate goes through, for its acknowledgement may be what was lost.
            if (delivery.Outcome == DeliveryOutcome.Taken) Attached?.Send(message);
            else if (passed) Attached?.Send(message.Wire);
            Receive(peer, new(signal.From, signal.Ack), alreadyTold: passed);
            return delivery;
        }
    }

    /// <summary>Passes on what another member processed.</summary>
    public void Receive(Ack ack)
    {
        lock (_gate)
        {
            if (!_ended && _peers.TryGetValue(ack.From, out var peer)) Receive(peer, ack, alreadyTold: false);
        }
    }

    /// <summary>Somebody joined the room.</summary>
    public void Joined(RoomPeer info)
    {
        lock (_gate)
        {
            if (_ended) return;
            if (!_peers.TryGetValue(info.Address.Member, out var peer)) _peers.Add(info.Address.Member, peer = NewPeer());
            peer.Info = info;
            Attached?.Send(new Joined(info.Address.Member, info.Name, info.Role, info.Client));
        }
    }

    /// <summary>Somebody is gone for good.</summary>
    public void LeftBy(string member, string reason)
    {
        lock (_gate)
        {
            // As many as a room could have several times over; one that is forgotten is put right by the room's next renewal.
            if (!_welcomed && _goneBeforeWelcome.Count < 4 * Limits.RoomMembers) _goneBeforeWelcome.Add(member);
            if (!_peers.Remove(member, out var peer)) return;
            peer.Incoming.Clear();
            if (!_ended) Attached?.Send(new Left(member, reason));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            // What comes from now on is not kept, and what was is given back.
            _ended = true;
            foreach (var peer in _peers.Values) peer.Incoming.Clear();
            _peers.Clear();
        }

        _resumeTimer.Dispose();
        _iceTimer.Dispose();
        _leaseTimer.Dispose();
    }

    private Connection? Attached => _welcomed ? _connection : null;

    private SessionPeer NewPeer() => new(new(Limits.Outbox, Limits.OutboxBytes));

    private void Attach(Connection connection, bool resumed)
    {
        _connection = connection;
        Limits = _settings.CurrentValue.Limits;
        _resumeTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var ice = MintIceServers(_ice.Choose());
        connection.Send(new Welcome(
            Address.Member,
            Token,
            resumed,
            Room,
            Name,
            [.. _peers.Values.Select(peer => new RoomMember(peer.Info!.Address.Member, peer.Info.Name, peer.Info.Role, peer.Info.Client))],
            ice.Servers,
            ice.Expiry,
            new(Limits.MessageBytes, Limits.MessagesPerSecond, Limits.Outbox),
            Limits.PingInterval.TotalSeconds,
            Limits.ResumeWindow.TotalSeconds));

        // What was written to the earlier connection may never have arrived; the client drops what it has.
        foreach (var (member, peer) in _peers)
        {
            foreach (var message in peer.Incoming.Waiting) connection.SendAgain(message);
            if (peer.Acknowledged > 0) connection.Send(new Ack(member, peer.Acknowledged));
        }
    }

    private void RenewIceServers()
    {
        lock (_gate)
        {
            if (_ended || Attached is not { } connection) return;
            var ice = MintIceServers(_ice.Choose());
            connection.Send(new NewIceServers(ice.Servers, ice.Expiry));
        }
    }

    /// <summary>Hands the client other servers, if those that it was handed are of no more use and there are better ones.</summary>
    /// <returns>Whether it did.</returns>
    public bool Move(IceChoice now)
    {
        lock (_gate)
        {
            if (_ended || Attached is not { } connection || _handed.All(now.Usable.Contains)) return false;
            var ice = MintIceServers(now);
            connection.Send(new NewIceServers(ice.Servers, ice.Expiry));
            return true;
        }
    }

    private MintedIceServers MintIceServers(IceChoice choice)
    {
        _iceTimer.Change(_ice.RenewAfter, Timeout.InfiniteTimeSpan);
        _handed = choice.TurnUrls;
        return _ice.Mint(Address.Member, choice);
    }

    /// <summary>Releases a member's signals up to <paramref name="upto"/>.</summary>
    /// <returns>The member's address; null if <paramref name="fault"/> says what is wrong, or the session has ended.</returns>
    public SessionAddress? Acknowledge(string member, long upto, out Error? fault)
    {
        lock (_gate)
        {
            fault = null;
            if (_ended) return null;
            if (!_peers.TryGetValue(member, out var peer))
            {
                fault = NoSuchMember(member);
                return null;
            }

            if (peer.Incoming.Acknowledge(upto)) return peer.Info!.Address;
            fault = new(ErrorCodes.BadAck, $"{upto} acknowledges what that member never sent; its last is {peer.Incoming.LastTaken}", Fatal: false, member);
            return null;
        }
    }

    private void Receive(SessionPeer peer, Ack ack, bool alreadyTold)
    {
        if (ack.Upto <= peer.Acknowledged) return;
        peer.Acknowledged = ack.Upto;
        if (!alreadyTold) Attached?.Send(ack);
    }

    /// <summary>Gets the error for a member that is not in the room.</summary>
    public static Error NoSuchMember(string member) =>
        new(ErrorCodes.NoSuchMember, "that member is not in the room, or has left", Fatal: false, member);
}
