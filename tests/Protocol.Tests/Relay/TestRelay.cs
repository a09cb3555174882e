using System.Collections.Concurrent;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

/// <summary>
/// A relay without a network: its shards, a clock that only a test moves, and an engine that only keeps a ledger of sockets, so that a
/// socket that is opened twice, closed twice or never opened fails the test at once.
/// </summary>
internal sealed class TestRelay
{
    public const string Realm = "example.org";
    public const string Secret = "a secret of the tests";
    public const string LocalIPv4 = "10.0.0.5";
    public const string PublicIPv4 = "198.51.100.5";
    public const string IPv6 = "2001:db8:5::5";

    private readonly ConcurrentDictionary<TransportAddress, AllocationId> _sockets = [];
    private readonly byte[] _buffer = new byte[Packet.BufferLength];
    private readonly int _first;
    private readonly bool _isOneOfMany;
    private long _wallClockOffset;

    public TestRelay(Func<RelaySettings, RelaySettings>? change = null, int shards = 1, byte seed = 1)
    {
        Settings = change?.Invoke(Defaults) ?? Defaults;
        Shared = new(Settings, Seed(seed));
        Shards = [.. Enumerable.Range(0, shards).Select(i => new RelayShard(Settings, Shared, (ushort)i, Seed((byte)(seed + 1 + i))))];
    }

    /// <summary>
    /// Another shard of a relay, for a separate thread. The ledger is shared: a port that another shard released but hasn't closed yet is
    /// in use, as it would be for the system.
    /// </summary>
    public TestRelay(TestRelay relay, int index)
    {
        (Settings, Shared, _sockets, _first, _isOneOfMany) = (relay.Settings, relay.Shared, relay._sockets, index, true);
        Shards = [new RelayShard(Settings, Shared, (ushort)index, Seed((byte)(100 + index)))];
    }

    // The peers of these tests have addresses of documentation space, which the settings allow.
    public static RelaySettings Defaults => new()
    {
        Realm = Realm,
        Addresses = [new(IpAddress.Parse(LocalIPv4), IpAddress.Parse(PublicIPv4)), new(IpAddress.Parse(IPv6), IpAddress.Parse(IPv6))],
        Secrets = [Secret],
        Peers = new([IpPrefix.Parse("192.0.2.0/24"), IpPrefix.Parse("2001:db8::/32")], [], [TransportAddress.Parse("192.0.2.250:3478")]),
    };

    public RelaySettings Settings { get; }

    public RelayShared Shared { get; }

    public RelayShard[] Shards { get; }

    public RelayShard Shard => Shards[0];

    public RelayCounters Counters => Shard.Counters;

    public Instant Now { get; private set; } = new(1_000_000, 1_800_000_000);

    /// <summary>Whether every socket opens at once; else a test gives the outcomes.</summary>
    public bool OpensAtOnce { get; set; } = true;

    /// <summary>Gets or sets what is called with each effect, in order.</summary>
    public Action<RelayEffect>? Saw { get; set; }

    /// <summary>The sockets whose outcome is awaited, in order.</summary>
    public List<OpenRelay> Pending { get; } = [];

    public IReadOnlyDictionary<TransportAddress, AllocationId> Sockets => _sockets;

    /// <summary>The connections to peers that the engine has or opens, with the address that each was asked for or came from.</summary>
    public Dictionary<ConnectionId, TransportAddress> Connections { get; } = [];

    /// <summary>Moves the clock without calling the shards.</summary>
    public void Pass(long milliseconds) =>
        Now = new(
            Now.Milliseconds + milliseconds, _wallClockOffset + 1_800_000_000 + (Now.Milliseconds + milliseconds - 1_000_000) / 1000);

    /// <summary>Sets the wall clock, by the difference to what it would be; the monotonic one goes on.</summary>
    public void SetWallClock(long offsetSeconds)
    {
        _wallClockOffset = offsetSeconds;
        Pass(0);
    }

    public void PassSeconds(long seconds) => Pass(seconds * 1000);

    /// <summary>Moves the clock, calls every shard, and returns their effects.</summary>
    public List<RelayEffect> Elapse(long milliseconds)
    {
        Pass(milliseconds);
        foreach (var shard in Shards) shard.HandleTime(Now);
        return Effects();
    }

    /// <summary>Runs the effects of all shards and returns them, in order.</summary>
    public List<RelayEffect> Effects()
    {
        var effects = new List<RelayEffect>();
        for (var again = true; again;)
        {
            again = false;
            foreach (var shard in Shards)
            {
                while (shard.TryPollEffect(out var effect))
                {
                    again = true;
                    effects.Add(effect);
                    Saw?.Invoke(effect);
                    Keep(effect);
                    if (effect is OpenRelay open) Pending.Add(open);
                }

                if (!OpensAtOnce || Pending.Count == 0) continue;
                again = true;
                Pending.ToList().ForEach(Opened);
            }
        }

        return effects;
    }

    public void Opened(OpenRelay open)
    {
        Pending.Remove(open);
        var isFree = _sockets.TryAdd(open.Local, open.Allocation);
        Assert.True(isFree || _isOneOfMany, $"{open.Local} is open already");
        if (isFree) Shards[open.Allocation.Shard - _first].HandleRelayOpened(open.Allocation, open.Local, Now);
        else Failed(open);
    }

    public void Failed(OpenRelay open, RelayFailure reason = RelayFailure.PortInUse)
    {
        Pending.Remove(open);
        Shards[open.Allocation.Shard - _first].HandleRelayFailed(open.Allocation, open.Local, reason, Now);
    }

    /// <summary>A peer connects to a relayed address.</summary>
    public ConnectionId? Accept(AllocationId allocation, string peer)
    {
        var address = TransportAddress.Parse(peer);
        var shard = Shards[allocation.Shard - _first];
        if (!shard.ScreenPeer(allocation, address, 0) || shard.HandlePeerAccepted(allocation, address, Now) is not { } made) return null;
        Connections.Add(made, address);
        return made;
    }

    /// <summary>The peer of a connection answered.</summary>
    public List<RelayEffect> Connected(ConnectionId connection)
    {
        Shards[connection.Allocation.Shard - _first].HandlePeerConnected(connection, Now);
        return Effects();
    }

    /// <summary>A connection was not established.</summary>
    public List<RelayEffect> NotConnected(ConnectionId connection, PeerFailure reason = PeerFailure.Unreachable)
    {
        Shards[connection.Allocation.Shard - _first].HandlePeerFailed(connection, reason, Now);
        return EffectsWithout(connection);
    }

    /// <summary>One side of a connection closed it.</summary>
    public List<RelayEffect> Closed(ConnectionId connection)
    {
        Shards[connection.Allocation.Shard - _first].HandlePeerClosed(connection, Now);
        return EffectsWithout(connection);
    }

    // The engine has it no more. A time limit that passed meanwhile closes it once more, which an engine ignores.
    private List<RelayEffect> EffectsWithout(ConnectionId connection)
    {
        var effects = Effects();
        Connections.Remove(connection);
        return effects;
    }

    /// <summary>Passes a datagram, or a frame of a stream, to a shard.</summary>
    public Passage FromClient(ClientHandle client, ReadOnlySpan<byte> message, int shard = 0, IpFields ip = default)
    {
        var buffer = _buffer;
        message.CopyTo(buffer.AsSpan(Packet.Headroom));
        var packet = new Packet(buffer, message.Length) { Ip = ip };
        var forward = Shards[shard].HandleClient(client, ref packet, Now);
        return new(forward, packet.Bytes.ToArray()) { Ip = packet.Ip };
    }

    /// <summary>Passes a datagram that a relay socket received to its shard.</summary>
    public Passage FromPeer(AllocationId allocation, TransportAddress peer, ReadOnlySpan<byte> payload, IpFields ip = default)
    {
        var buffer = _buffer;
        payload.CopyTo(buffer.AsSpan(Packet.Headroom));
        var packet = new Packet(buffer, payload.Length) { Ip = ip };
        var forward = Shards[allocation.Shard - _first].HandlePeer(allocation, peer, ref packet, Now);
        return new(forward, packet.Bytes.ToArray()) { Ip = packet.Ip };
    }

    /// <summary>Passes a handover to the receiving shard.</summary>
    public Passage HandOver(Passage passage)
    {
        passage.Bytes.CopyTo(_buffer.AsSpan(Packet.Headroom));
        var packet = new Packet(_buffer, passage.Bytes.Length) { Ip = passage.Ip };
        var (allocation, sender) = (passage.Forward.Allocation, passage.Forward.Peer);
        var forward = Shards[allocation.Shard - _first].HandleHandover(allocation, sender, ref packet, Now);
        return new(forward, packet.Bytes.ToArray()) { Ip = packet.Ip };
    }

    /// <summary>Passes an ICMP error for a datagram of a relay socket to its shard, as an engine does.</summary>
    /// <returns>What the client is told; null for nothing.</returns>
    public Answer? PeerError(AllocationId allocation, TransportAddress peer, IcmpError error)
    {
        var shard = Shards[allocation.Shard - _first];
        if (shard.ScreenPeerError(allocation, peer, error, Now)) shard.HandlePeerError(allocation, peer, error, Now);
        return Effects().OfType<SendToClient>().LastOrDefault() is { } sent ? new(sent.Message.ToArray()) : null;
    }

    public TestClient Client(
        string address = "203.0.113.7:40000", string subject = "alice", int shard = 0, ClientTransport transport = ClientTransport.Udp) =>
        new(this, new(transport, 1, TransportAddress.Parse(address)), Credentials.Mint(Secret, subject, Now.UnixSeconds + 86_400), shard);

    /// <summary>
    /// Fails unless nothing is left of any allocation: socket, claim, share of a quota, port, slot or timer.
    /// </summary>
    public void AssertEmpty()
    {
        Assert.Empty(_sockets);
        Assert.Equal(0, Shared.Allocations);
        Assert.Equal(0, Shared.Quotas.Accounts);
        Assert.Equal(0, Shared.Relayed.Count);
        Assert.Equal(0, Shared.Reservations.Count);
        Assert.Empty(Connections);
        Assert.Equal((0, 0, 0), (Shared.PeerConnections, Shared.Connections.Subjects, Shared.Connections.Listening));
        Assert.All(Shared.Relayed.Ports, ports => Assert.Equal(ports.Count(Now.Milliseconds).Usable, ports.Count(Now.Milliseconds).Free));
        Assert.All(Shards, shard => Assert.Equal((0, 0, long.MaxValue), (shard.Allocations, shard.SlotsTaken, shard.NextDeadline)));
    }

    private static byte[] Seed(byte first) => [.. Enumerable.Range(first, 32).Select(i => (byte)i)];

    private void Keep(RelayEffect effect)
    {
        switch (effect)
        {
            case CloseRelay close:
                Assert.True(_sockets.TryRemove(close.Local, out var owner), $"{close.Local} is not open");
                Assert.Equal(owner, close.Allocation);
                break;
            case ConnectPeer connect:
                Connections.Add(connect.Connection, connect.Peer);
                break;
            case ClosePeer close:
                Assert.True(Connections.Remove(close.Connection), $"{close.Connection} is not open");
                break;
            case ReassignRelay reassign:
                Assert.Equal(reassign.Reserved, _sockets[reassign.Local]);
                _sockets[reassign.Local] = reassign.Allocation;
                break;
            default:
                break;
        }
    }
}

/// <summary>A packet after a shard handled it.</summary>
/// <param name="Forward">Where it goes.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record Passage(Forward Forward, byte[] Bytes)
{
    /// <summary>The fields of its IP header.</summary>
    public IpFields Ip { get; init; }
}
