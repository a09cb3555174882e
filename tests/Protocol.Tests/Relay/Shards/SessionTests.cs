using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>What an operator sees of the allocations, and may end.</summary>
public class SessionTests
{
    private readonly ProbeClients _probes = new();
    private readonly TestRelay _relay;

    public SessionTests() => _relay = new(settings => settings with { Probes = _probes });

    [Fact]
    public void A_session_has_its_client_addresses_times_and_payload()
    {
        var client = _relay.Client("203.0.113.7:40000", "alice");
        client.AllocateDual();
        client.Permit("192.0.2.1");
        _relay.PassSeconds(100);
        client.SendTo("192.0.2.1:9", "12345"u8);
        client.SendTo("192.0.2.1:9", "123"u8);
        _relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.1:9"), "1234567"u8);

        var session = Assert.Single(_relay.Shard.Sessions(0, 10, _relay.Now).Sessions);

        Assert.Equal((client.Allocation, "alice", client.Handle, false), (session.Id, session.Subject, session.Client, session.IsTcp));
        Assert.Equal(client.Relayed, session.Relayed);
        Assert.Equal((_relay.Now.UnixSeconds - 100, _relay.Now.UnixSeconds + 500), (session.Created, session.Expires));
        Assert.Equal(new(2, 8, 1, 7), session.Usage);
        Assert.Equivalent(session, _relay.Shard.Session(client.Allocation, _relay.Now));
    }

    [Fact]
    public void A_refresh_moves_the_expiry_and_nothing_else()
    {
        var client = _relay.Client();
        client.Allocate();
        _relay.PassSeconds(400);
        client.Refresh(1200);

        var session = _relay.Shard.Session(client.Allocation, _relay.Now)!;
        Assert.Equal((_relay.Now.UnixSeconds - 400, _relay.Now.UnixSeconds + 1200), (session.Created, session.Expires));
    }

    [Fact]
    public void A_session_that_has_expired_is_not_shown_though_time_was_not_handled_yet()
    {
        var client = _relay.Client();
        client.Allocate();
        _relay.PassSeconds(600);

        Assert.Empty(_relay.Shard.Sessions(0, 10, _relay.Now).Sessions);
        Assert.Null(_relay.Shard.Session(client.Allocation, _relay.Now));
        Assert.False(_relay.Shard.HandleRemoved(client.Allocation, _relay.Now));
    }

    [Fact]
    public void Every_session_that_lives_all_the_time_is_on_one_page_while_others_come_and_go()
    {
        var relay = new TestRelay(settings => settings with { Quotas = new() { AllocationsPerSubject = 1000 } });
        var clients = Enumerable.Range(1, 200).Select(port => relay.Client($"203.0.113.7:{port}")).ToArray();
        foreach (var client in clients) client.Allocate();
        var seen = new List<AllocationId>();

        int? from = 0;
        for (var page = 0; from is { } begin; page++)
        {
            var (sessions, next) = relay.Shard.Sessions(begin, 7, relay.Now);
            Assert.InRange(sessions.Count, next is null ? 0 : 1, 7);
            seen.AddRange(sessions.Select(session => session.Id));
            // One of the clients that have been listed leaves, and so does one that follows; another one comes.
            if (page < 5)
            {
                clients[page].Refresh(0);
                clients[199 - page].Refresh(0);
                relay.Client($"203.0.113.8:{page + 1}").Allocate();
            }

            from = next;
        }

        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.All(clients[5..195], client => Assert.Contains(client.Allocation, seen));
        Assert.All(clients[195..], client => Assert.DoesNotContain(client.Allocation, seen));
    }

    [Fact]
    public void A_call_looks_at_a_bounded_number_of_slots()
    {
        var relay = new TestRelay(settings => settings with
        {
            Quotas = new()
            {
                Allocations = 10_000,
                AllocationsPerSubject = 10_000,
                AllocationsPerAddress = 10_000,
                ChallengesPerAddress = 100_000,
            },
        });
        var clients = Enumerable.Range(1, 5000).Select(port => relay.Client($"203.0.113.7:{port}")).ToArray();
        foreach (var client in clients) client.Allocate();
        foreach (var client in clients[..^1]) client.Refresh(0);

        var (sessions, next) = relay.Shard.Sessions(0, 10, relay.Now);
        Assert.Empty(sessions);
        Assert.Equal(4096, next);
        Assert.Equal(clients[^1].Allocation, Assert.Single(relay.Shard.Sessions(4096, 10, relay.Now).Sessions).Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(int.MaxValue)]
    public void A_page_beyond_the_last_session_is_empty(int from)
    {
        var (sessions, _) = _relay.Shard.Sessions(from, int.MaxValue, _relay.Now);
        Assert.Empty(sessions);
    }

    [Fact]
    public void The_relays_own_probes_are_not_sessions()
    {
        var probe = _relay.Client("203.0.113.9:9");
        _probes.Add(ClientTransport.Udp, probe.Handle.Address);
        probe.Allocate();

        Assert.Equal(1, _relay.Shard.Allocations);
        Assert.Empty(_relay.Shard.Sessions(0, 10, _relay.Now).Sessions);
        Assert.Null(_relay.Shard.Session(probe.Allocation, _relay.Now));
        Assert.False(_relay.Shard.HandleRemoved(probe.Allocation, _relay.Now));
        probe.Refresh().AssertSuccess();
    }

    [Fact]
    public void A_removed_session_is_gone_at_once_and_its_client_may_allocate_again()
    {
        var (client, other) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        client.Allocate();
        other.Allocate();

        Assert.True(_relay.Shard.HandleRemoved(client.Allocation, _relay.Now));

        var ended = Assert.Single(_relay.Effects().OfType<AllocationEnded>());
        Assert.Equal((client.Allocation, AllocationEnd.Removed), (ended.Allocation, ended.Reason));
        var gone = client.Allocation;
        client.Refresh().AssertError(StunErrorCode.AllocationMismatch);
        client.Allocate().AssertSuccess();
        // The id of the earlier session ends nothing.
        Assert.False(_relay.Shard.HandleRemoved(gone, _relay.Now));
        client.Refresh(0).AssertSuccess();
        other.Refresh(0).AssertSuccess();
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_removed_streams_connection_is_closed()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Allocate();

        _relay.Shard.HandleRemoved(client.Allocation, _relay.Now);

        Assert.Equal(new CloseClient(client.Handle), _relay.Effects()[^1]);
    }

    [Fact]
    public void The_sessions_of_a_revoked_subject_are_counted_and_those_of_others_stay()
    {
        var (first, second) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        var other = _relay.Client("203.0.113.7:3", "bob");
        first.Allocate();
        second.Allocate();
        other.Allocate();

        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100);
        Assert.Equal(2, _relay.Shard.HandleRevoked("alice", _relay.Now));
        Assert.Equal(0, _relay.Shard.HandleRevoked("alice", _relay.Now));

        Assert.All(_relay.Effects().OfType<AllocationEnded>(), ended => Assert.Equal(AllocationEnd.Revoked, ended.Reason));
        first.Allocate().AssertError(StunErrorCode.Forbidden);
        other.Refresh().AssertSuccess();
    }

    [Fact]
    public void A_relay_that_no_longer_drains_accepts_allocations_and_one_that_closed_does_not()
    {
        var client = _relay.Client();
        _relay.Shard.Drain();
        client.Allocate().AssertError(StunErrorCode.InsufficientCapacity);

        _relay.Shard.Undrain();
        client.Allocate().AssertSuccess();

        _relay.Shard.Close(_relay.Now);
        _relay.Effects();
        _relay.Shard.Undrain();
        client.Allocate().AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Theory]
    [InlineData("0.0.0", true)]
    [InlineData("65535.2147483647.4294967295", true)]
    [InlineData("65536.0.0", false)]
    [InlineData("0.-1.0", false)]
    [InlineData("0.0", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0. 1.0", false)]
    [InlineData("", false)]
    public void The_id_of_a_session_is_read_as_it_is_written(string text, bool isId)
    {
        Assert.Equal(isId, AllocationId.TryParse(text, out var id));
        if (isId) Assert.Equal(text, id.ToString());
    }
}
