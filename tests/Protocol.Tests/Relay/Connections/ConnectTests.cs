using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Connections;

/// <summary>Connect (RFC 6062 §5.2).</summary>
public class ConnectTests
{
    private const string Peer = "192.0.2.1:9000";
    private readonly TestRelay _relay = new(settings => settings with
    {
        TcpAllocations = true,
        StreamListeners = [TransportAddress.Parse("192.0.2.250:443"), TransportAddress.Parse("0.0.0.0:444")],
        Quotas = new() { PeerConnections = 5, PeerConnectionsPerSubject = 4, PeerConnectionsPerAllocation = 3 },
    });

    [Fact]
    public void Connect_is_answered_with_an_id_once_the_peer_has_answered()
    {
        var client = Allocated();

        Assert.Null(client.Connect(Peer));
        var asked = Assert.Single(client.Effects.OfType<ConnectPeer>());
        Assert.Equal(TransportAddress.Parse(Peer), asked.Peer);
        Assert.Equal(new(IpAddress.Parse(TestRelay.LocalIPv4), client.Relayed[0].Port), asked.Local);
        var answer = AnswerOf(client, _relay.Connected(asked.Connection));

        answer.AssertSuccess();
        Assert.Equal((StunMethod.Connect, client.LastTransaction), (answer.Method, answer.Transaction));
        Assert.Equal(asked.Connection.Number, answer.Number(StunAttributeType.ConnectionId));
        Assert.True(answer.IsSignedWith(client.Key));
    }

    [Fact]
    public void Without_an_allocation_it_is_mismatched()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        Assert.Equal(StunErrorCode.AllocationMismatch, client.Connect(Peer)!.Error);
    }

    [Fact]
    public void A_UDP_allocation_connects_to_nobody()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Allocate();
        Assert.Equal(StunErrorCode.Forbidden, client.Connect(Peer)!.Error);
    }

    [Fact]
    public void It_needs_a_peer()
    {
        var client = Allocated();
        client.Request(StunMethod.Connect).AssertError(StunErrorCode.BadRequest);
        client.Request(StunMethod.Connect, (ref StunWriter m) => m.Add(StunAttributeType.XorPeerAddress, [0, 3, 1, 1, 1, 1, 1, 1]))
            .AssertError(StunErrorCode.BadRequest);
    }

    [Fact]
    public void A_peer_of_another_family_is_refused() =>
        Assert.Equal(StunErrorCode.PeerAddressFamilyMismatch, Allocated().Connect("[2001:db8::1]:9000")!.Error);

    [Theory]
    [InlineData("10.0.0.9:80")]
    [InlineData("169.254.169.254:80")]
    [InlineData("127.0.0.1:22")]
    [InlineData("192.0.2.1:0")]
    [InlineData("192.0.2.250:443")]
    [InlineData(TestRelay.PublicIPv4 + ":22")]
    [InlineData(TestRelay.LocalIPv4 + ":22")]
    [InlineData(TestRelay.PublicIPv4 + ":60000")]
    [InlineData(TestRelay.PublicIPv4 + ":444")]
    public void A_denied_peer_is_refused(string peer)
    {
        var client = Allocated();
        Assert.Equal(StunErrorCode.Forbidden, client.Connect(peer)!.Error);
        Assert.Empty(client.Effects.OfType<ConnectPeer>());
    }

    [Fact]
    public void A_listener_on_every_address_is_denied_on_the_host_alone()
    {
        var relay = new TestRelay(settings => settings with
        {
            TcpAllocations = true,
            StreamListeners = [TransportAddress.Parse("0.0.0.0:444")],
            Peers = new([IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("127.0.0.0/8")], [], [], allowHost: true),
        });
        relay.Shared.SetHostAddresses([IpAddress.Parse("192.0.2.9")]);
        var client = relay.Client(transport: ClientTransport.Tcp);
        client.AllocateTcp();

        string[] denied = ["127.0.0.5:444", "192.0.2.9:444", TestRelay.PublicIPv4 + ":444"];
        Assert.All(denied, peer => Assert.Equal(StunErrorCode.Forbidden, client.Connect(peer)!.Error));
        Assert.Null(client.Connect("192.0.2.10:444"));
        Assert.Null(client.Connect("192.0.2.9:445"));
    }

    [Fact]
    public void The_own_relayed_address_is_no_peer()
    {
        var client = Allocated();
        Assert.Equal(StunErrorCode.Forbidden, client.Connect(client.Relayed[0].ToString())!.Error);
    }

    [Fact]
    public void The_relayed_address_of_a_UDP_allocation_is_no_peer()
    {
        var udp = _relay.Client("203.0.113.8:40000", "bob");
        udp.Allocate();
        Assert.Equal(StunErrorCode.Forbidden, Allocated().Connect(udp.Relayed[0].ToString())!.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_TCP_relayed_address_of_this_relay_is_connected_to_by_its_local_form(bool byPublic)
    {
        var other = Allocated("203.0.113.8:40000", "bob");
        var client = Allocated();
        var local = new TransportAddress(IpAddress.Parse(TestRelay.LocalIPv4), other.Relayed[0].Port);

        Assert.Null(client.Connect((byPublic ? other.Relayed[0] : local).ToString()));

        Assert.Equal(local, Assert.Single(client.Effects.OfType<ConnectPeer>()).Peer);
    }

    [Fact]
    public void A_peer_is_connected_to_once_at_a_time()
    {
        var client = Allocated();
        client.Connect(Peer);
        var first = client.Effects.OfType<ConnectPeer>().Single().Connection;

        Assert.Equal(StunErrorCode.ConnectionAlreadyExists, client.Connect(Peer)!.Error);
        _relay.Connected(first);
        Assert.Equal(StunErrorCode.ConnectionAlreadyExists, client.Connect(Peer)!.Error);
        DataClient(2).BindConnection(first.Number).AssertSuccess();
        Assert.Equal(StunErrorCode.ConnectionAlreadyExists, client.Connect(Peer)!.Error);

        Assert.Null(client.Connect("192.0.2.1:9001"));
        _relay.Closed(first);
        Assert.Null(client.Connect(Peer));
    }

    [Theory]
    [InlineData(PeerFailure.Unreachable, StunErrorCode.ConnectionTimeoutOrFailure)]
    [InlineData(PeerFailure.Exhausted, StunErrorCode.InsufficientCapacity)]
    public void A_failure_is_answered_and_leaves_nothing(PeerFailure reason, StunErrorCode error)
    {
        var client = Allocated();
        client.Connect(Peer);

        var answer = AnswerOf(client, _relay.NotConnected(client.Effects.OfType<ConnectPeer>().Single().Connection, reason));

        answer.AssertError(error);
        Assert.Empty(_relay.Elapse(1000));
        Assert.Equal(0, _relay.Shared.PeerConnections);
        client.Refresh(0);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_peer_has_30_seconds_to_answer()
    {
        var client = Allocated();
        client.Connect(Peer);
        var connection = client.Effects.OfType<ConnectPeer>().Single().Connection;

        Assert.Empty(_relay.Elapse(29_999));
        var effects = _relay.Elapse(1);

        AnswerOf(client, effects).AssertError(StunErrorCode.ConnectionTimeoutOrFailure);
        Assert.Equal(new ClosePeer(connection), effects.OfType<ClosePeer>().Single());
        // Both outcomes come late.
        _relay.Shard.HandlePeerFailed(connection, PeerFailure.Unreachable, _relay.Now);
        Assert.Empty(_relay.Effects());
        client.Refresh(0);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_peer_that_answers_when_its_time_is_over_is_closed_once()
    {
        var client = Allocated();
        client.Connect(Peer);
        var connection = client.Effects.OfType<ConnectPeer>().Single().Connection;
        _relay.PassSeconds(30);

        var effects = _relay.Connected(connection);

        AnswerOf(client, effects).AssertError(StunErrorCode.ConnectionTimeoutOrFailure);
        Assert.Equal(new ClosePeer(connection), effects.OfType<ClosePeer>().Single());
    }

    [Fact]
    public void A_connection_that_is_not_bound_within_30_seconds_is_closed()
    {
        var client = Allocated();
        client.Connect(Peer);
        var connection = client.Effects.OfType<ConnectPeer>().Single().Connection;
        _relay.PassSeconds(20);
        _relay.Connected(connection);

        Assert.Empty(_relay.Elapse(29_999));
        Assert.Equal([new ClosePeer(connection)], _relay.Elapse(1));
        DataClient(2).BindConnection(connection.Number).AssertError(StunErrorCode.BadRequest);
        client.Refresh(0);
        _relay.AssertEmpty();
    }

    [Fact]
    public void Connections_are_bounded_by_allocation_subject_and_relay()
    {
        var first = Allocated();
        for (var port = 1; port <= 3; port++) Assert.Null(first.Connect($"192.0.2.1:{port}"));
        Assert.Equal(StunErrorCode.InsufficientCapacity, first.Connect("192.0.2.1:4")!.Error);

        var second = Allocated("203.0.113.7:40001");
        Assert.Null(second.Connect("192.0.2.1:4"));
        Assert.Equal(StunErrorCode.AllocationQuotaReached, second.Connect("192.0.2.1:5")!.Error);

        var other = Allocated("203.0.113.8:40000", "bob");
        Assert.Null(other.Connect("192.0.2.1:5"));
        Assert.Equal(StunErrorCode.InsufficientCapacity, other.Connect("192.0.2.1:6")!.Error);

        // A failed attempt counts for a second more, but not as a connection to the peer.
        _relay.NotConnected(_relay.Connections.Keys.First());
        _relay.Elapse(999);
        Assert.Equal(StunErrorCode.InsufficientCapacity, other.Connect("192.0.2.1:6")!.Error);
        _relay.Elapse(1);
        Assert.Null(other.Connect("192.0.2.1:6"));
    }

    [Fact]
    public void A_peer_that_refused_may_be_tried_again_at_once()
    {
        var client = Allocated();
        client.Connect(Peer);
        _relay.NotConnected(client.Effects.OfType<ConnectPeer>().Single().Connection);

        Assert.Null(client.Connect(Peer));

        client.Refresh(0);
        _relay.AssertEmpty();
    }

    [Fact]
    public void Ids_are_not_reused_and_not_in_sequence()
    {
        var client = Allocated();
        var numbers = new List<uint>();
        for (var i = 0; i < 50; i++)
        {
            client.Connect(Peer);
            numbers.Add(client.Effects.OfType<ConnectPeer>().Single().Connection.Number);
            _relay.NotConnected(client.Effects.OfType<ConnectPeer>().Single().Connection);
            _relay.Elapse(1000);
        }

        Assert.Equal(50, numbers.Distinct().Count());
        Assert.DoesNotContain(numbers.Zip(numbers.Skip(1)), pair => pair.Second == pair.First + 1);
    }

    [Fact]
    public void A_peer_that_new_rules_deny_loses_its_connection()
    {
        var client = Allocated();
        client.Connect(Peer);
        client.Connect("192.0.2.2:9000");
        var kept = client.Effects.OfType<ConnectPeer>().Single().Connection;

        _relay.Shared.Reload(_relay.Settings with { Peers = new([IpPrefix.Parse("192.0.2.0/24")], [IpPrefix.Parse("192.0.2.1/32")], []) });
        var effects = _relay.Elapse(0);

        AnswerOf(client, effects).AssertError(StunErrorCode.Forbidden);
        Assert.Equal([kept], _relay.Connections.Keys);
    }

    private TestClient Allocated(string address = "203.0.113.7:40000", string subject = "alice")
    {
        var client = _relay.Client(address, subject, transport: ClientTransport.Tcp);
        client.AllocateTcp().AssertSuccess();
        return client;
    }

    private TestClient DataClient(int number) =>
        _relay.Client($"203.0.113.7:{41_000 + number}", transport: ClientTransport.Tcp);

    private static Answer AnswerOf(TestClient client, IEnumerable<RelayEffect> effects) =>
        new(effects.OfType<SendToClient>().Single(sent => sent.Client == client.Handle).Message.ToArray());
}
