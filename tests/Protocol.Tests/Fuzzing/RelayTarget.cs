using Causeway.Protocol.Tests.Relay;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>
/// The relay, for bytes of someone without a credential: a stranger, a client with an allocation over UDP or TLS, a peer. They create
/// nothing, end nothing, and reach only peers that the client had permitted.
/// </summary>
internal sealed class RelayTarget : FuzzTarget
{
    private const string Peer = "192.0.2.1:9000";
    private const int Channel = 0x4000;

    // A relay takes longer to build than an input to run. What an input leaves behind is seen: allocations, sockets, permissions.
    private const int InputsPerRelay = 500;

    private readonly byte[] _answer = new byte[4096];
    private TestRelay _relay = null!;
    private TestClient _udp = null!;
    private TestClient _tls = null!;
    private int _inputs;

    public override string Name => "relay";

    public override IEnumerable<byte[]> Corpus
    {
        get
        {
            Begin();
            return
            [
                .. Vector.Names.Select(Vector.Read),
                _udp.BuildSend(Peer, new byte[40]),
                _udp.BuildChannelData(Channel, new byte[40]),
                _tls.BuildChannelData(Channel, new byte[41]),
                _udp.Build(StunClass.Request, StunMethod.Binding, null, Signing.None),
            ];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (_inputs-- == 0) Begin();
        if (input.Length > Packet.MaxLength) return;

        var shard = _relay.Shard;
        AnswersBriefly(shard, new(ClientTransport.Udp, 1, TransportAddress.Parse("203.0.113.200:1")), input);
        foreach (var client in (TestClient[])[_udp, _tls])
        {
            var passage = _relay.FromClient(client.Handle, input);
            Assert.True(passage.Forward.Kind is ForwardKind.None or ForwardKind.ToPeer);
            if (passage.Forward.Kind == ForwardKind.ToPeer) Assert.Equal(TransportAddress.Parse(Peer).Ip, passage.Forward.Peer.Ip);

            var fromPeer = _relay.FromPeer(client.Allocation, TransportAddress.Parse(Peer), input);
            if (fromPeer.Forward.Kind == ForwardKind.ToClient) Assert.Equal(client.Handle, fromPeer.Forward.Client);
            Assert.Equal(Forward.None, _relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.77:9000"), input).Forward);
        }

        while (shard.TryPollEffect(out var effect)) Assert.IsType<SendToClient>(effect);
        Assert.Equal((2, 2), (shard.Allocations, _relay.Shared.Allocations));
    }

    private void AnswersBriefly(RelayShard shard, in ClientHandle stranger, ReadOnlySpan<byte> input)
    {
        var message = shard.Screen(stranger, input, _relay.Now, _answer, out var length);
        Assert.True(message.IsSettled);
        if (length == 0) return;

        // A response to a spoofed source must not be worth reflecting.
        Assert.True(StunMessage.TryRead(_answer.AsSpan(0, length), out var answer));
        Assert.True(answer.Class is StunClass.SuccessResponse or StunClass.ErrorResponse);
        Assert.True(length <= RelayShard.MaxAnswerLength);
    }

    private void Begin()
    {
        _inputs = InputsPerRelay;
        _relay = new();
        _udp = Allocated("203.0.113.7:40000", ClientTransport.Udp);
        _tls = Allocated("203.0.113.8:40000", ClientTransport.Tls);
    }

    private TestClient Allocated(string address, ClientTransport transport)
    {
        var client = _relay.Client(address, transport: transport);
        client.Allocate().AssertSuccess();
        client.Bind(Channel, Peer).AssertSuccess();
        return client;
    }
}
