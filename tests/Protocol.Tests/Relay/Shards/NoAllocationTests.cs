using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>
/// Forwarding a packet doesn't allocate, in any direction. A concurrent collection takes the rest of a thread's allocation buffer, up
/// to 8 KB, and the runtime counts that as allocated by the thread; so the project turns them off, and the measure is exact whatever other
/// tests do meanwhile.
/// </summary>
public class NoAllocationTests
{
    private const int Packets = 10_000;
    private readonly TestRelay _relay = new(shards: 2);
    private readonly byte[] _buffer = new byte[Packet.BufferLength];

    [Theory]
    [InlineData("192.0.2.1:9000", false, ClientTransport.Udp)]
    [InlineData("192.0.2.1:9000", true, ClientTransport.Udp)]
    [InlineData("192.0.2.1:9000", true, ClientTransport.Tls)]
    [InlineData("[2001:db8::1]:9000", false, ClientTransport.Udp)]
    [InlineData("[2001:db8::1]:9000", true, ClientTransport.Udp)]
    public void Between_a_client_and_a_peer(string peer, bool channel, ClientTransport transport)
    {
        var client = _relay.Client(transport: transport);
        client.AllocateDual();
        if (channel) client.Bind(0x4000, peer).AssertSuccess();
        else client.Permit(peer).AssertSuccess();
        var message = channel ? client.BuildChannelData(0x4000, new byte[1201]) : client.BuildSend(peer, new byte[1201]);
        var address = TransportAddress.Parse(peer);
        var payload = new byte[1201];

        AssertAllocatesNothing(ForwardKind.ToPeer, () => FromClient(client, message).Kind);
        AssertAllocatesNothing(ForwardKind.ToClient, () => FromPeer(client.Allocation, address, payload).Kind);
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, true, 0)]
    [InlineData(1, false, 0)]
    [InlineData(1, true, 0)]
    [InlineData(0, true, 1)]
    [InlineData(1, false, 1)]
    public void Between_two_clients_of_the_relay(int family, bool channel, int shard)
    {
        var (alice, bob) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.8:1", "bob", shard));
        alice.AllocateDual();
        bob.AllocateDual();
        var peer = bob.Relayed[family].ToString();
        if (channel) bob.Bind(0x4001, alice.Relayed[family].ToString()).AssertSuccess();
        else bob.Permit(alice.Relayed[family].ToString()).AssertSuccess();
        if (channel) alice.Bind(0x4000, peer).AssertSuccess();
        else alice.Permit(peer).AssertSuccess();
        var message = channel ? alice.BuildChannelData(0x4000, new byte[1201]) : alice.BuildSend(peer, new byte[1201]);

        AssertAllocatesNothing(ForwardKind.ToClient, () => FromClient(alice, message).Kind);
    }

    [Fact]
    public void Bytes_of_a_TCP_connection()
    {
        var relay = new TestRelay(settings => settings with { TcpAllocations = true });
        var client = relay.Client(transport: ClientTransport.Tcp);
        client.AllocateTcp();
        client.Permit("192.0.2.1").AssertSuccess();
        var connection = relay.Accept(client.Allocation, "192.0.2.1:9000")!.Value;
        relay.Effects();
        var stranger = TransportAddress.Parse("192.0.2.77:1");
        relay.Client("203.0.113.7:40001", transport: ClientTransport.Tcp).BindConnection(connection.Number).AssertSuccess();

        AssertAllocatesNothing(ForwardKind.None, () =>
            relay.Shard.HandlePeerData(connection, toPeer: true, 1000, relay.Now) ? ForwardKind.None : ForwardKind.ToShard);
        AssertAllocatesNothing(ForwardKind.None, () =>
            relay.Shard.HandlePeerAccepted(client.Allocation, stranger, relay.Now) is null ? ForwardKind.None : ForwardKind.ToShard);
    }

    [Fact]
    public void Dropped_packets()
    {
        var client = _relay.Client();
        client.Allocate();
        var unbound = client.BuildChannelData(0x4444, new byte[100]);
        var unpermitted = client.BuildSend("192.0.2.77:1", new byte[100]);
        var stranger = TransportAddress.Parse("192.0.2.88:1");

        AssertAllocatesNothing(ForwardKind.None, () => FromClient(client, unbound).Kind);
        AssertAllocatesNothing(ForwardKind.None, () => FromClient(client, unpermitted).Kind);
        AssertAllocatesNothing(ForwardKind.None, () => FromPeer(client.Allocation, stranger, unbound).Kind);
    }

    /// <summary>The measure detects a single object in ten thousand packets.</summary>
    [Fact]
    public void The_measure_sees_one_small_object()
    {
        var count = 0;

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertAllocatesNothing(ForwardKind.None, () =>
        {
            if (++count % Packets == 0) GC.KeepAlive(new object());
            return ForwardKind.None;
        }));
    }

    /// <summary>The measure ignores allocations of other threads, and collections.</summary>
    [Fact]
    public async Task The_measure_sees_nothing_of_other_threads()
    {
        Assert.Equal(false, GC.GetConfigurationVariables()["ConcurrentGC"]);
        using var stop = new CancellationTokenSource();
        var others = Task.Run(() =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                GC.KeepAlive(new byte[i % 100_000]);
                if (i % 1000 == 0) GC.Collect(2, GCCollectionMode.Optimized, blocking: false);
            }
        }, TestContext.Current.CancellationToken);

        for (var before = GC.CollectionCount(2); GC.CollectionCount(2) < before + 5;)
        {
            // So that the thread has an allocation buffer to lose.
            GC.KeepAlive(new object());
            AssertAllocatesNothing(ForwardKind.None, () => ForwardKind.None);
        }

        await stop.CancelAsync();
        await others;
    }

    private static void AssertAllocatesNothing(ForwardKind expected, Func<ForwardKind> handle)
    {
        // Warm up: the runtime compiles, and tables grow.
        for (var i = 0; i < Packets; i++) Assert.Equal(expected, handle());

        var before = GC.GetAllocatedBytesForCurrentThread();
        var others = 0;
        for (var i = 0; i < Packets; i++)
        {
            if (handle() != expected) others++;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((0, 0L), (others, allocated));
    }

    private Forward FromClient(TestClient client, byte[] message)
    {
        message.CopyTo(_buffer, Packet.Headroom);
        var packet = new Packet(_buffer, message.Length);
        var forward = _relay.Shards[0].HandleClient(client.Handle, ref packet, _relay.Now);
        return forward.Kind == ForwardKind.ToShard
            ? _relay.Shards[forward.Allocation.Shard].HandleHandover(forward.Allocation, forward.Peer, ref packet, _relay.Now)
            : forward;
    }

    private Forward FromPeer(AllocationId allocation, in TransportAddress peer, byte[] payload)
    {
        payload.CopyTo(_buffer, Packet.Headroom);
        var packet = new Packet(_buffer, payload.Length);
        return _relay.Shards[0].HandlePeer(allocation, peer, ref packet, _relay.Now);
    }
}
