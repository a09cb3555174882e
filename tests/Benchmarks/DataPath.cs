using BenchmarkDotNet.Attributes;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Benchmarks;

/// <summary>
/// The state machine's cost for one packet of media, without sockets. The baseline copies the payload once: the minimum for any relay.
/// </summary>
[MemoryDiagnoser]
public class DataPath
{
    private static readonly ClientHandle Alice = new(ClientTransport.Udp, 0, TransportAddress.Parse("203.0.113.7:40000"));
    private static readonly ClientHandle Bob = new(ClientTransport.Udp, 0, TransportAddress.Parse("203.0.113.8:40000"));
    private static readonly TransportAddress Peer = TransportAddress.Parse("192.0.2.1:5000");

    private readonly byte[] _buffer = new byte[Packet.BufferLength];
    private readonly byte[] _copy = new byte[Packet.BufferLength];
    private AllocatedRelay _outside = null!;
    private AllocatedRelay _inside = null!;
    private AllocationId _allocation;

    /// <summary>The payload in bytes: a voice packet, and a full video packet.</summary>
    [Params(160, 1200)]
    public int Payload { get; set; }

    /// <summary>One relay whose client talks to a peer, and one whose two clients talk to each other.</summary>
    [GlobalSetup]
    public void Allocate()
    {
        _outside = new();
        (_allocation, _) = _outside.Allocate(Alice, "alice");
        _outside.Bind(Alice, "alice", Peer);

        _inside = new();
        var (_, alice) = _inside.Allocate(Alice, "alice");
        var (_, bob) = _inside.Allocate(Bob, "bob");
        _inside.Bind(Alice, "alice", bob);
        _inside.Bind(Bob, "bob", alice);
    }

    /// <summary>The baseline.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => _buffer.AsSpan(Packet.Headroom, Payload).CopyTo(_copy);

    /// <summary>ChannelData from a client, on to a peer.</summary>
    [Benchmark]
    public ForwardKind ClientToPeer() => Expect(FromAlice(_outside), ForwardKind.ToPeer);

    /// <summary>A peer's datagram, on to the client as ChannelData.</summary>
    [Benchmark]
    public ForwardKind PeerToClient()
    {
        var packet = new Packet(_buffer, Payload);
        return Expect(_outside.Shard.HandlePeer(_allocation, Peer, ref packet, _outside.Now).Kind, ForwardKind.ToClient);
    }

    /// <summary>ChannelData from one client of the relay to another, in one pass.</summary>
    [Benchmark]
    public ForwardKind ClientToClient() => Expect(FromAlice(_inside), ForwardKind.ToClient);

    private ForwardKind FromAlice(AllocatedRelay relay)
    {
        ChannelData.WriteHeader(_buffer.AsSpan(Packet.Headroom), AllocatedRelay.Channel, Payload);
        var packet = new Packet(_buffer, ChannelData.HeaderLength + Payload);
        return relay.Shard.HandleClient(Alice, ref packet, relay.Now).Kind;
    }

    // A dropped packet would look very fast.
    private static ForwardKind Expect(ForwardKind kind, ForwardKind expected) =>
        kind == expected ? kind : throw new InvalidOperationException($"the packet went {kind}, not {expected}");
}
