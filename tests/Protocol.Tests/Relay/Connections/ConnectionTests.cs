using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Connections;

/// <summary>Peers that connect, ConnectionBind, and the end of connections (RFC 6062 §5.3 to §5.5).</summary>
public class ConnectionTests
{
    private const string Peer = "192.0.2.1:9000";
    private readonly TestRelay _relay = new(
        settings => settings with { TcpAllocations = true, Quotas = new() { PeerConnectionsPerAllocation = 3 } }, shards: 2);

    [Fact]
    public void A_permitted_peer_that_connects_is_announced()
    {
        var client = Allocated();

        var connection = _relay.Accept(client.Allocation, Peer)!.Value;

        var indication = Assert.IsType<SendToClient>(Assert.Single(_relay.Effects()));
        Assert.Equal(client.Handle, indication.Client);
        var attempt = new Answer(indication.Message.ToArray());
        Assert.Equal((StunClass.Indication, StunMethod.ConnectionAttempt), (attempt.Class, attempt.Method));
        Assert.Equal([TransportAddress.Parse(Peer)], attempt.Addresses(StunAttributeType.XorPeerAddress));
        Assert.Equal(connection.Number, attempt.Number(StunAttributeType.ConnectionId));
    }

    [Fact]
    public void A_peer_without_a_permission_is_closed_and_not_announced()
    {
        var client = Allocated();

        Assert.Null(_relay.Accept(client.Allocation, "192.0.2.2:9000"));
        Assert.Null(_relay.Shard.HandlePeerAccepted(client.Allocation, TransportAddress.Parse("192.0.2.2:9000"), _relay.Now));

        Assert.Empty(_relay.Effects());
        Assert.Equal(2, _relay.Counters.Drops(DropReason.NoPermission));
        Assert.Equal(0, _relay.Shared.PeerConnections);
    }

    [Fact]
    public void An_expired_permission_admits_nobody()
    {
        var client = Allocated();
        _relay.PassSeconds(300);
        Assert.Null(_relay.Shard.HandlePeerAccepted(client.Allocation, TransportAddress.Parse(Peer), _relay.Now));
    }

    [Fact]
    public void A_peer_of_an_ended_or_a_UDP_allocation_is_closed()
    {
        var client = Allocated();
        client.Refresh(0);
        Assert.Null(_relay.Accept(client.Allocation, Peer));

        var udp = _relay.Client("203.0.113.9:40000", transport: ClientTransport.Tcp);
        udp.Allocate();
        udp.Permit("192.0.2.1");
        Assert.Null(_relay.Accept(udp.Allocation, Peer));
    }

    [Fact]
    public void More_peers_than_the_quota_are_closed()
    {
        var client = Allocated();
        for (var port = 1; port <= 3; port++) Assert.NotNull(_relay.Accept(client.Allocation, $"192.0.2.1:{port}"));

        Assert.Null(_relay.Accept(client.Allocation, "192.0.2.1:4"));

        Assert.Equal(1, _relay.Counters.Drops(DropReason.ConnectionLimit));
    }

    [Fact]
    public void Another_client_of_the_relay_is_announced_by_its_public_address()
    {
        var other = Allocated("203.0.113.8:40000", "bob");
        var client = Allocated();
        client.Permit(TestRelay.PublicIPv4).AssertSuccess();

        Assert.NotNull(_relay.Accept(client.Allocation, $"{TestRelay.LocalIPv4}:{other.Relayed[0].Port}"));

        var attempt = new Answer(_relay.Effects().OfType<SendToClient>().Single().Message.ToArray());
        Assert.Equal([other.Relayed[0]], attempt.Addresses(StunAttributeType.XorPeerAddress));
    }

    [Fact]
    public void Another_service_of_the_host_is_closed()
    {
        var client = Allocated();
        client.Permit(TestRelay.PublicIPv4).AssertSuccess();

        Assert.Null(_relay.Accept(client.Allocation, TestRelay.LocalIPv4 + ":33000"));

        Assert.Equal(1, _relay.Counters.Drops(DropReason.NotRelayed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ConnectionBind_on_any_shard_binds_a_connection_once(int shard)
    {
        var client = Allocated();
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;
        var data = DataClient(shard: shard);

        var answer = data.BindConnection(connection.Number);

        answer.AssertSuccess();
        Assert.True(answer.IsSignedWith(data.Key));
        // The response is sent before the first byte of the peer.
        Assert.Equal([typeof(SendToClient), typeof(BindPeer)], data.Effects.TakeLast(2).Select(effect => effect.GetType()));
        Assert.Equal(new BindPeer(connection, data.Handle), data.Effects[^1]);
        DataClient(41_001).BindConnection(connection.Number).AssertError(StunErrorCode.BadRequest);
        Assert.Empty(_relay.Elapse(60_000));
        Assert.Equal([connection], _relay.Connections.Keys);
    }

    [Fact]
    public void An_id_that_is_missing_unknown_or_of_a_connection_being_opened_is_refused()
    {
        var client = Allocated();
        client.Connect("192.0.2.2:1");
        var opening = client.Effects.OfType<ConnectPeer>().Single().Connection;
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;
        var data = DataClient();

        data.Request(StunMethod.ConnectionBind).AssertError(StunErrorCode.BadRequest);
        data.Request(StunMethod.ConnectionBind, (ref StunWriter m) => m.Add(StunAttributeType.ConnectionId, [1, 2]))
            .AssertError(StunErrorCode.BadRequest);
        data.BindConnection(connection.Number + 1).AssertError(StunErrorCode.BadRequest);
        data.BindConnection(opening.Number).AssertError(StunErrorCode.BadRequest);
        data.BindConnection(connection.Number).AssertSuccess();
    }

    [Fact]
    public void Only_the_user_of_the_allocation_binds()
    {
        var client = Allocated();
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;

        DataClient(subject: "mallory").BindConnection(connection.Number).AssertError(StunErrorCode.WrongCredentials);
        var unsigned = DataClient(41_001);
        unsigned.Signing = Signing.None;
        unsigned.BindConnection(connection.Number).AssertError(StunErrorCode.Unauthenticated);

        DataClient(41_002).BindConnection(connection.Number).AssertSuccess();
    }

    [Fact]
    public void ConnectionBind_may_use_the_nonce_of_the_control_connection()
    {
        var client = Allocated();
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;
        var data = DataClient();

        // For another request, another id, another address or over UDP it is forged.
        data.Nonce = client.Nonce;
        data.Request(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 6u << 24))
            .AssertError(StunErrorCode.StaleNonce);
        data.BindConnection(connection.Number + 1).AssertError(StunErrorCode.StaleNonce);
        var elsewhere = _relay.Client("203.0.113.9:40000", transport: ClientTransport.Tcp);
        elsewhere.Nonce = client.Nonce;
        elsewhere.BindConnection(connection.Number).AssertError(StunErrorCode.StaleNonce);
        var datagrams = _relay.Client("203.0.113.7:40999");
        datagrams.Nonce = client.Nonce;
        datagrams.BindConnection(connection.Number).AssertError(StunErrorCode.StaleNonce);

        var derivations = Derivations();
        data.BindConnection(connection.Number).AssertSuccess();
        Assert.Equal(derivations, Derivations());

        long Derivations() => _relay.Shards.Sum(shard => shard.Counters.KeyDerivations);
    }

    [Fact]
    public void A_stale_nonce_of_the_control_connection_is_answered_with_a_new_one()
    {
        var relay = new TestRelay(settings => settings with { TcpAllocations = true, NonceLifetimeSeconds = 60 });
        var client = relay.Client(transport: ClientTransport.Tcp);
        client.AllocateTcp();
        client.Permit("192.0.2.1");
        relay.PassSeconds(61);
        var connection = relay.Accept(client.Allocation, Peer)!.Value;
        var data = relay.Client("203.0.113.7:41000", transport: ClientTransport.Tcp);
        (data.Nonce, data.Credentials) = (client.Nonce, client.Credentials);

        var answer = data.BindConnection(connection.Number);
        answer.AssertError(StunErrorCode.StaleNonce);
        Assert.True(answer.IsSignedWith(data.Key));
        data.Nonce = answer[StunAttributeType.Nonce];
        data.BindConnection(connection.Number).AssertSuccess();
    }

    [Fact]
    public void A_credential_in_its_grace_period_binds()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + 100);
        client.AllocateTcp().AssertSuccess();
        client.Permit("192.0.2.1").AssertSuccess();
        _relay.PassSeconds(200);
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;
        var data = DataClient();
        data.Credentials = client.Credentials;

        data.Request(StunMethod.Allocate).AssertError(StunErrorCode.Unauthenticated);
        data.BindConnection(connection.Number).AssertSuccess();
    }

    [Fact]
    public void A_datagram_client_and_a_control_connection_bind_nothing()
    {
        var client = Allocated();
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;

        _relay.Client("203.0.113.7:40999").BindConnection(connection.Number).AssertError(StunErrorCode.BadRequest);
        client.BindConnection(connection.Number).AssertError(StunErrorCode.BadRequest);

        var opening = _relay.Client("203.0.113.7:40998", transport: ClientTransport.Tcp);
        opening.Challenge();
        _relay.OpensAtOnce = false;
        Assert.Null(opening.TryRequest(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 6u << 24)));
        opening.BindConnection(connection.Number).AssertError(StunErrorCode.BadRequest);
    }

    [Fact]
    public void Bytes_count_to_the_allocation()
    {
        var client = Allocated();
        var connection = Bound(client);

        Assert.True(_relay.Shard.HandlePeerData(connection, toPeer: true, 1000, _relay.Now));
        Assert.True(_relay.Shard.HandlePeerData(connection, toPeer: false, 300, _relay.Now));
        Assert.Equal((1, 1300), (_relay.Shared.Use.Addresses, _relay.Shared.Use.Bytes));
        Assert.Equal((1000, 300), (_relay.Counters.ToPeers.Bytes, _relay.Counters.FromPeers.Bytes));
        client.Refresh(0);

        Assert.Equal(new(1, 1000, 1, 300), client.Effects.OfType<AllocationEnded>().Single().Usage);
        Assert.False(_relay.Shard.HandlePeerData(connection, toPeer: true, 1, _relay.Now));
    }

    [Fact]
    public void A_closed_connection_leaves_nothing_and_the_allocation_lives()
    {
        var client = Allocated();
        var connection = Bound(client);

        Assert.Empty(_relay.Closed(connection));

        Assert.Equal((0, 1), (_relay.Shared.PeerConnections, _relay.Shard.Allocations));
        Assert.False(_relay.Shard.HandlePeerData(connection, toPeer: true, 1, _relay.Now));
        client.Refresh(0);
        _relay.AssertEmpty();
    }

    [Theory]
    [InlineData(AllocationEnd.Released)]
    [InlineData(AllocationEnd.Expired)]
    [InlineData(AllocationEnd.ClientGone)]
    [InlineData(AllocationEnd.Revoked)]
    [InlineData(AllocationEnd.Closed)]
    [InlineData(AllocationEnd.Removed)]
    public void The_end_of_an_allocation_closes_its_connections(AllocationEnd end)
    {
        var client = Allocated();
        var bound = Bound(client);
        var unbound = _relay.Accept(client.Allocation, "192.0.2.1:9001")!.Value;
        client.Connect("192.0.2.1:9002");
        var opening = client.Effects.OfType<ConnectPeer>().Single().Connection;

        var effects = End();

        Assert.Equal(end, effects.OfType<AllocationEnded>().Single().Reason);
        var closed = effects.OfType<ClosePeer>().Select(close => close.Connection).ToList();
        // The one being opened may have timed out before.
        Assert.Equal(new[] { bound, unbound, opening }.OrderBy(id => id.Number), closed.OrderBy(id => id.Number));
        _relay.Shard.HandlePeerConnected(opening, _relay.Now);
        Assert.Equal([new ClosePeer(opening)], Polled());
        _relay.AssertEmpty();

        List<RelayEffect> End()
        {
            switch (end)
            {
                case AllocationEnd.Released: client.Refresh(0); return client.Effects;
                case AllocationEnd.Expired: return _relay.Elapse(600_000);
                case AllocationEnd.ClientGone: _relay.Shard.HandleClientClosed(client.Handle, _relay.Now); break;
                case AllocationEnd.Revoked: _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100_000); return _relay.Elapse(0);
                case AllocationEnd.Removed: _relay.Shard.HandleRemoved(client.Allocation, _relay.Now); break;
                default: _relay.Shard.Close(_relay.Now); break;
            }

            return _relay.Effects();
        }
    }

    [Fact]
    public void A_family_that_is_deleted_takes_its_connections_and_leaves_the_others()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.AllocateTcp((ref StunWriter m) => m.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24)).AssertSuccess();
        client.Permit("192.0.2.1", "2001:db8::1").AssertSuccess();
        var ipv4 = _relay.Accept(client.Allocation, Peer)!.Value;
        var ipv6 = _relay.Accept(client.Allocation, "[2001:db8::1]:9000")!.Value;
        _relay.Effects();

        client.Refresh(0, IpFamily.IPv4).AssertSuccess();

        Assert.Equal([new ClosePeer(ipv4)], client.Effects.OfType<ClosePeer>());
        Assert.Null(_relay.Accept(client.Allocation, "192.0.2.1:9001"));
        DataClient().BindConnection(ipv6.Number).AssertSuccess();
    }

    [Fact]
    public void A_Connect_that_the_end_of_its_allocation_interrupts_is_answered()
    {
        var client = Allocated();
        client.Connect(Peer);
        var transaction = client.LastTransaction;

        client.Refresh(0);

        var answer = new Answer(client.Effects.OfType<SendToClient>().First().Message.ToArray());
        Assert.Equal((transaction, StunErrorCode.AllocationMismatch), (answer.Transaction, answer.Error));
    }

    [Fact]
    public void A_draining_relay_still_serves_its_allocations()
    {
        var client = Allocated();
        _relay.Shard.Drain();

        Assert.NotNull(_relay.Accept(client.Allocation, Peer));
        _relay.Effects();
        Assert.Null(client.Connect("192.0.2.1:9001"));
    }

    // The engine's ledger doesn't know these.
    private List<RelayEffect> Polled()
    {
        var effects = new List<RelayEffect>();
        while (_relay.Shard.TryPollEffect(out var effect)) effects.Add(effect);
        return effects;
    }

    private ConnectionId Bound(TestClient client)
    {
        var connection = _relay.Accept(client.Allocation, Peer)!.Value;
        DataClient(41_900).BindConnection(connection.Number).AssertSuccess();
        return connection;
    }

    private TestClient Allocated(string address = "203.0.113.7:40000", string subject = "alice")
    {
        var client = _relay.Client(address, subject, transport: ClientTransport.Tcp);
        client.AllocateTcp().AssertSuccess();
        client.Permit("192.0.2.1").AssertSuccess();
        return client;
    }

    private TestClient DataClient(int port = 41_000, string subject = "alice", int shard = 0) =>
        _relay.Client($"203.0.113.7:{port}", subject, shard, ClientTransport.Tcp);
}
