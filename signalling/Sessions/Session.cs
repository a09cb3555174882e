using Causeway.Signalling.Clients;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Signalling.Rooms;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// One member's session in one room. It outlives its connection by the resume window: signals that arrive meanwhile wait in the pairs'
/// windows, and a client that returns with the token continues where it was. The others learn that the member left only when the session
/// ends.
/// <code>
///   joining ──Welcome──▶ attached ◀──TryResume── detached ──window passed──▶ ended
///                            └───────Detach────────▶┘            └ leave, misconduct ┘
/// </code>
/// </summary>
internal sealed class Session : IDisposable
{
    /// <summary>The reason for ending the session of a client that broke the rules.</summary>
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
        SessionHost host,
        IOptionsMonitor<SignallingOptions> settings,
        IceServers ice,
        TimeProvider time,
        KeptBytes.Share kept,
        string token,
        SessionAddress address,
        Hello hello)
    {
        (_host, _settings, _ice, _kept) = (host, settings, ice, kept);
        (Token, Address, Room, Name, Limits) = (token, address, hello.Room, hello.Name ?? "", settings.CurrentValue.Limits);
        (Client, Replaces) = (ClientId.Of(Room, hello.Key), ClientId.Of(Room, hello.Replaces));
        _resumeTimer = time.CreateTimer(_ => _ = EndAsync(null, "lost"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _iceTimer = time.CreateTimer(_ => RenewIceServers(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _leaseTimer = time.CreateTimer(_ => _ = CheckLeaseAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the token that proves a client's right to the session.</summary>
    public string Token { get; }

    /// <summary>Gets the session's address, with the member's id.</summary>
    public SessionAddress Address { get; }

    /// <summary>Gets the room's name.</summary>
    public string Room { get; }

    /// <summary>Gets the member's name; until the welcome, the one it asked for.</summary>
    public string Name { get; private set; }

    /// <summary>Gets the client's public id; null without a key.</summary>
    public string? Client { get; }

    /// <summary>Gets the public id of the client that this one replaces; null for none.</summary>
    public string? Replaces { get; }

    /// <summary>Whether the client is connected.</summary>
    public bool IsAttached
    {
        get { lock (_gate) return _connection is not null; }
    }

    /// <summary>Gets the limits of the client's last welcome. New ones apply from its next connection.</summary>
    public SignallingLimitOptions Limits { get; private set; }

    /// <summary>Completes the join: from now on the client gets the room's messages.</summary>
    /// <param name="name">The member's name in the room.</param>
    /// <param name="peers">The other members as the room knew them; <see cref="Joined"/> and <see cref="LeftBy"/> reported later
    /// changes.</param>
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

    /// <summary>Resumes the session on another connection, and closes the earlier one.</summary>
    /// <returns>False if the session has ended.</returns>
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

    /// <summary>Detaches a lost connection; the session waits for the client to return.</summary>
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

    /// <summary>Ends the session, unless another connection has resumed it, and tells the room.</summary>
    /// <param name="connection">The connection that ended; null if the resume window has passed.</param>
    /// <param name="reason">The reason for the others.</param>
    public async Task EndAsync(Connection? connection, string reason)
    {
        lock (_gate)
        {
            // A client may return at the very moment at which its window passes or its earlier connection ends: it then keeps its session.
            if (_ended || (_connection is not null && _connection != connection)) return;
            Finish();
        }

        await _host.EndedAsync(this, reason);
    }

    // Ends the session on any connection.
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

    // The room has not renewed this member for a lease. If the room has lost it, the client joins again.
    private async Task CheckLeaseAsync()
    {
        long before;
        lock (_gate)
        {
            if (_ended) return;
            before = _renewals;
            _leaseTimer.Change(RoomGrain.Lease, Timeout.InfiniteTimeSpan);
        }

        // A room that cannot be reached is asked again. Two checks may overlap if one takes as long as a lease.
        if (await _host.AskRoomAsync(this))
            await EndAsync("lost", CloseCode.Internal, "the room lost this member; reconnect", unless: () => _renewals != before);
    }

    /// <summary>Ends the session because its client has another one, and closes its connection.</summary>
    public Task ReplaceAsync() =>
        EndAsync("replaced", CloseCode.ResumedElsewhere, "the client joined again on another connection", unless: () => false);

    /// <summary>Applies the room's list of members: the client learns what the session missed.</summary>
    public void Renew(IReadOnlyList<RoomPeer> others)
    {
        lock (_gate)
        {
            // Before the welcome, the welcome brings the list.
            if (_ended || !_welcomed) return;
            _renewals++;
            _leaseTimer.Change(RoomGrain.Lease, Timeout.InfiniteTimeSpan);
            foreach (var member in _peers.Keys.Except(others.Select(other => other.Address.Member)).ToList()) LeftBy(member, "lost");
            foreach (var other in others)
                if (!_peers.ContainsKey(other.Address.Member)) Joined(other);
        }
    }

    /// <summary>Receives another member's signal: keeps it until it is acknowledged, and sends it if the client is connected.</summary>
    public Delivery Receive(Signal signal)
    {
        lock (_gate)
        {
            if (_ended) return new(DeliveryOutcome.NoSuchMember);
            if (!_peers.TryGetValue(signal.From, out var peer))
            {
                // The sender may know this member before the room's answer to its join arrives here.
                if (_welcomed) return new(DeliveryOutcome.NoSuchMember);
                _peers.Add(signal.From, peer = NewPeer());
            }

            var message = new KeptWire(WireJson.Write(signal), _kept);
            var delivery = peer.Incoming.Take(signal.Seq, message);
            var passed = delivery.Outcome is DeliveryOutcome.Taken or DeliveryOutcome.Duplicate;
            // A duplicate is sent again: its acknowledgement may have been lost.
            if (delivery.Outcome == DeliveryOutcome.Taken) Attached?.Send(message);
            else if (passed) Attached?.Send(message.Wire);
            Receive(peer, new(signal.From, signal.Ack), alreadyTold: passed);
            return delivery;
        }
    }

    /// <summary>Receives another member's acknowledgement.</summary>
    public void Receive(Ack ack)
    {
        lock (_gate)
        {
            if (!_ended && _peers.TryGetValue(ack.From, out var peer)) Receive(peer, ack, alreadyTold: false);
        }
    }

    /// <summary>A member joined the room.</summary>
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

    /// <summary>A member left for good.</summary>
    public void LeftBy(string member, string reason)
    {
        lock (_gate)
        {
            // Several times the members of a room; the room's next renewal corrects what is dropped.
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
            // Nothing is kept from now on, and what was kept is released.
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

        // What was written to the earlier connection may not have arrived; the client drops duplicates.
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

    /// <summary>Sends the client new servers if its present ones are no longer usable.</summary>
    /// <returns>True on success.</returns>
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
            fault = new(
                ErrorCodes.BadAck, $"{upto} acknowledges what that member never sent; its last is {peer.Incoming.LastTaken}", Fatal: false,
                member);
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
