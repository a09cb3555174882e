using Causeway.Protocol.Tests.Relay;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>
/// What the clients of a relay were promised, read from its responses: how long their allocations and permissions last, and how much was
/// relayed for them. It knows nothing of how the relay keeps these.
/// </summary>
internal sealed class Expected(TestRelay relay)
{
    private readonly Dictionary<AllocationId, Promise> _promises = [];
    private readonly Dictionary<ClientHandle, uint> _granted = [];

    private long Now => relay.Now.Milliseconds;

    /// <summary>Gets the number of allocations that were created and have not ended.</summary>
    public int Alive => _promises.Count;

    /// <summary>Gets the allocation of a client; none when it has ended, or was not created yet.</summary>
    public AllocationId? Of(TestClient client) =>
        _promises.FirstOrDefault(promise => promise.Value.Client == client.Handle) is { Value: not null } found ? found.Key : null;

    /// <summary>Takes over what was created and what ended.</summary>
    public void Take(RelayEffect effect)
    {
        switch (effect)
        {
            case SendToClient sent:
                if (TryReadLifetime(sent.Message.Span, out var lifetime)) _granted[sent.Client] = lifetime;
                break;
            case AllocationCreated created:
                var promise = new Promise(created.Client, Now + _granted[created.Client] * 1000L);
                Assert.True(_promises.TryAdd(created.Allocation, promise), $"{created.Allocation} is used twice");
                break;
            case AllocationEnded ended:
                Assert.True(_promises.Remove(ended.Allocation, out var kept), $"{ended.Allocation} ends twice");
                kept.AssertUsage(ended.Usage);
                break;
            default:
                break;
        }
    }

    /// <summary>A Refresh succeeded.</summary>
    public void Refreshed(TestClient client, IpFamily? family, uint lifetime)
    {
        // It may have released the allocation.
        if (Of(client) is not { } id) return;
        var promise = _promises[id];
        foreach (var each in promise.Ends.Keys)
        {
            if (family is null || family == each) promise.Ends[each] = Now + lifetime * 1000L;
        }
    }

    /// <summary>A CreatePermission or ChannelBind succeeded.</summary>
    public void Permitted(TestClient client, IpAddress peer, int seconds)
    {
        var permissions = _promises[Of(client)!.Value].Permissions;
        permissions[peer] = long.Max(Now + seconds * 1000L, permissions.GetValueOrDefault(peer));
    }

    /// <summary>A client sent payload to a peer.</summary>
    public void FromClient(TestClient client, TransportAddress? peer, int length, Passage passage)
    {
        var promise = Of(client) is { } id ? _promises[id] : null;
        if (passage.Forward.Kind == ForwardKind.None)
        {
            // Counted as sent when it was for another client of the relay, which didn't permit it.
            promise?.MaySendMore = true;
            return;
        }

        Assert.NotNull(promise);
        promise.PacketsToPeers++;
        promise.BytesToPeers += length;
        if (peer is { } named) AssertPermits(promise, named);
        if (passage.Forward.Kind == ForwardKind.ToPeer) AssertPermits(promise, passage.Forward.Peer);
        else Deliver(passage.Forward.Kind == ForwardKind.ToShard ? relay.HandOver(passage).Forward : passage.Forward, length);
    }

    /// <summary>A peer sent payload to a client's relayed address.</summary>
    public void FromPeer(AllocationId id, TransportAddress peer, int length, Forward forward)
    {
        if (forward.Kind == ForwardKind.None) return;
        AssertPermits(_promises[id], peer);
        Assert.Equal(_promises[id].Client, forward.Client);
        Deliver(forward, length);
    }

    /// <summary>A peer has connected to a client's relayed address, and was not refused.</summary>
    public void Accepted(AllocationId id, TransportAddress peer) => AssertPermits(_promises[id], peer);

    /// <summary>A connection to a peer was about to carry bytes.</summary>
    public void Carried(ConnectionId connection, bool toPeer, int length, bool isCarried)
    {
        if (!isCarried) return;
        var promise = _promises[connection.Allocation];
        Assert.True(promise.Ends.Values.Any(end => Now <= end), "an expired allocation relays");
        if (toPeer)
        {
            promise.PacketsToPeers++;
            promise.BytesToPeers += length;
        }
        else
        {
            promise.PacketsToClient++;
            promise.BytesToClient += length;
        }
    }

    private void Deliver(Forward forward, int length)
    {
        if (forward.Kind == ForwardKind.None) return;
        Assert.Equal(ForwardKind.ToClient, forward.Kind);
        var receiver = _promises[forward.Allocation];
        Assert.True(receiver.Ends.Values.Any(end => Now <= end), "an expired allocation relays");
        receiver.PacketsToClient++;
        receiver.BytesToClient += length;
    }

    private void AssertPermits(Promise promise, TransportAddress peer)
    {
        Assert.True(Now <= promise.Ends[peer.Family], "an expired allocation relays");
        Assert.True(promise.Permissions.TryGetValue(peer.Ip, out var until) && Now <= until, $"{peer} has no permission");
    }

    private static bool TryReadLifetime(ReadOnlySpan<byte> response, out uint lifetime)
    {
        lifetime = 0;
        return StunMessage.TryRead(response, out var message)
            && (message.Class, message.Method) == (StunClass.SuccessResponse, StunMethod.Allocate)
            && message.TryGetUInt32(StunAttributeType.Lifetime, out lifetime);
    }

    private sealed class Promise(ClientHandle client, long end)
    {
        public ClientHandle Client { get; } = client;

        /// <summary>When the address of each family ends, in monotonic milliseconds.</summary>
        public Dictionary<IpFamily, long> Ends { get; } = new() { [IpFamily.IPv4] = end, [IpFamily.IPv6] = end };

        /// <summary>When each permission ends, in monotonic milliseconds.</summary>
        public Dictionary<IpAddress, long> Permissions { get; } = [];

        public long PacketsToPeers { get; set; }

        public long BytesToPeers { get; set; }

        public long PacketsToClient { get; set; }

        public long BytesToClient { get; set; }

        public bool MaySendMore { get; set; }

        public void AssertUsage(AllocationUsage usage)
        {
            Assert.Equal((PacketsToClient, BytesToClient), (usage.PacketsToClient, usage.BytesToClient));
            if (!MaySendMore) Assert.Equal((PacketsToPeers, BytesToPeers), (usage.PacketsToPeers, usage.BytesToPeers));
            Assert.True(PacketsToPeers <= usage.PacketsToPeers && BytesToPeers <= usage.BytesToPeers);
        }
    }
}
