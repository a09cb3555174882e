using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Allocations;

/// <summary>EVEN-PORT and RESERVATION-TOKEN (RFC 8656 §7.2).</summary>
public class ReservationTests
{
    private readonly TestRelay _relay = new(shards: 2);

    [Fact]
    public void Even_port_gives_an_even_port_and_reserves_nothing()
    {
        for (var i = 0; i < 8; i++)
        {
            var client = _relay.Client($"203.0.113.7:{1000 + i}");
            var answer = client.Allocate(EvenPort(reserve: false));

            Assert.Equal(0, client.Relayed[0].Port % 2);
            Assert.DoesNotContain(StunAttributeType.ReservationToken, answer.Types);
        }

        Assert.Equal(8, _relay.Sockets.Count);
    }

    [Fact]
    public void Even_port_with_reservation_opens_both_ports_before_the_answer_brings_a_token()
    {
        var client = _relay.Client();

        var answer = client.Allocate(EvenPort(reserve: true));

        answer.AssertSuccess();
        var opened = client.Effects.OfType<OpenRelay>().ToArray();
        Assert.Equal(0, opened[0].Local.Port % 2);
        Assert.Equal(opened[0].Local.Port + 1, opened[1].Local.Port);
        Assert.NotEqual(opened[0].Allocation, opened[1].Allocation);
        Assert.Equal(8, answer[StunAttributeType.ReservationToken].Length);
        Assert.Equal(
            [typeof(OpenRelay), typeof(OpenRelay), typeof(SendToClient), typeof(AllocationCreated)],
            client.Effects.Select(e => e.GetType()));
        Assert.Equal((1, 2), (_relay.Shard.Allocations, _relay.Shared.Allocations));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_token_brings_the_reserved_port_to_another_client_on_any_shard(int shard)
    {
        var (first, token) = Reserve();
        var reserved = first.Effects.OfType<OpenRelay>().Last();
        var second = _relay.Client("203.0.113.7:2", shard: shard);

        var answer = second.Allocate(Token(token));

        answer.AssertSuccess();
        Assert.Equal(new ReassignRelay(second.Allocation, reserved.Allocation, reserved.Local), second.Effects[0]);
        Assert.Equal([first.Relayed[0] with { Port = (ushort)(first.Relayed[0].Port + 1) }], second.Relayed);
        Assert.True(_relay.Shared.TryFind(second.Relayed[0], out var owner));
        Assert.Equal(second.Allocation, owner);
        Assert.Equal((shard, 2), (owner.Shard, _relay.Shared.Allocations));

        first.Refresh(0);
        second.Refresh(0);
        _relay.Elapse(30_000);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_token_serves_once()
    {
        var (_, token) = Reserve();
        _relay.Client("203.0.113.7:2").Allocate(Token(token)).AssertSuccess();

        _relay.Client("203.0.113.7:3").Allocate(Token(token)).AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Fact]
    public void A_token_serves_its_subject_alone()
    {
        var (_, token) = Reserve();

        _relay.Client("203.0.113.7:2", "mallory").Allocate(Token(token)).AssertError(StunErrorCode.InsufficientCapacity);
        _relay.Client("203.0.113.7:3").Allocate(Token(token)).AssertSuccess();
    }

    [Fact]
    public void An_invented_token_is_answered_508()
    {
        _relay.Client().Allocate(Token([1, 2, 3, 4, 5, 6, 7, 8])).AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Theory]
    [InlineData(29_999, 0)]
    [InlineData(30_000, StunErrorCode.InsufficientCapacity)]
    public void A_reservation_lasts_thirty_seconds(long milliseconds, StunErrorCode error)
    {
        var (_, token) = Reserve();
        _relay.Pass(milliseconds);

        Assert.Equal(error, _relay.Client("203.0.113.7:2", shard: 1).Allocate(Token(token)).Error);
    }

    [Fact]
    public void An_unused_reservation_closes_its_socket_and_outlives_its_allocation()
    {
        var (client, _) = Reserve();
        var reserved = client.Effects.OfType<OpenRelay>().Last();
        client.Refresh(0);

        Assert.Equal(_relay.Now.Milliseconds + 30_000, _relay.Shard.NextDeadline);
        Assert.Empty(_relay.Elapse(29_999));
        Assert.Equal([new CloseRelay(reserved.Allocation, reserved.Local)], _relay.Elapse(1));
        _relay.AssertEmpty();
    }

    [Fact]
    public void Packets_to_a_reserved_port_are_dropped()
    {
        var (client, _) = Reserve();
        var reserved = client.Effects.OfType<OpenRelay>().Last();
        client.Permit("192.0.2.1");

        Assert.Equal(Forward.None, _relay.FromPeer(reserved.Allocation, TransportAddress.Parse("192.0.2.1:9"), "x"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoAllocation));
    }

    [Fact]
    public void A_pair_whose_second_port_is_in_use_is_given_up_whole()
    {
        var relay = new TestRelay { OpensAtOnce = false };
        var (first, second) = BeginPair(relay, relay.Client());
        relay.Failed(second);

        var effects = relay.Effects();
        Assert.Equal(new CloseRelay(first.Allocation, first.Local), effects[0]);
        var again = Assert.IsType<OpenRelay>(effects[1]);
        Assert.NotEqual(first.Local, again.Local);
        Assert.Equal(2, relay.Shared.Relayed.Count);

        relay.Failed(again, RelayFailure.Exhausted);
        Assert.IsType<SendToClient>(Assert.Single(relay.Effects()));
        relay.AssertEmpty();
    }

    [Fact]
    public void A_client_that_goes_while_the_second_port_is_opened_leaves_neither()
    {
        var relay = new TestRelay { OpensAtOnce = false };
        var client = relay.Client(transport: ClientTransport.Tcp);
        var (first, second) = BeginPair(relay, client);

        relay.Shard.HandleClientClosed(client.Handle, relay.Now);
        relay.Opened(second);

        Assert.Equal([new CloseRelay(first.Allocation, first.Local), new CloseRelay(second.Allocation, second.Local)], relay.Effects());
        relay.AssertEmpty();
    }

    [Fact]
    public void A_subject_revoked_while_the_second_port_is_opened_leaves_neither()
    {
        var relay = new TestRelay { OpensAtOnce = false };
        var (first, second) = BeginPair(relay, relay.Client());
        relay.Shared.Revoke("alice", relay.Now.UnixSeconds + 10);

        relay.Opened(second);

        Assert.Equal(
            [new CloseRelay(first.Allocation, first.Local), new CloseRelay(second.Allocation, second.Local)], relay.Effects()[..2]);
        relay.AssertEmpty();
    }

    [Theory]
    [InlineData(50_001, 50_002)]
    [InlineData(50_000, 50_000)]
    [InlineData(65_535, 65_535)]
    public void A_range_without_a_pair_is_answered_508(int first, int last)
    {
        var relay = new TestRelay(s => s with { FirstPort = (ushort)first, LastPort = (ushort)last });

        relay.Client().Allocate(EvenPort(reserve: true)).AssertError(StunErrorCode.InsufficientCapacity);
        relay.AssertEmpty();
    }

    [Fact]
    public void The_only_pair_of_a_range_is_found()
    {
        var relay = new TestRelay(s => s with { FirstPort = 65_533, LastPort = 65_535 });

        relay.Client().Allocate(EvenPort(reserve: true)).AssertSuccess();
        Assert.Equal([65_534, 65_535], relay.Sockets.Keys.Select(s => (int)s.Port).Order());
    }

    [Fact]
    public void A_range_without_an_even_port_is_answered_508()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_001, LastPort = 50_001 });

        relay.Client().Allocate(EvenPort(reserve: false)).AssertError(StunErrorCode.InsufficientCapacity);
        relay.AssertEmpty();
    }

    [Fact]
    public void A_reservation_counts_for_the_subjects_quota()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerSubject = 1 } });

        relay.Client().Allocate(EvenPort(reserve: true)).AssertError(StunErrorCode.AllocationQuotaReached);
        relay.AssertEmpty();
    }

    [Fact]
    public void A_closing_relay_closes_its_reserved_ports()
    {
        Reserve();

        _relay.Shard.Close(_relay.Now);

        Assert.Equal(2, _relay.Effects().OfType<CloseRelay>().Count());
        _relay.AssertEmpty();
    }

    [Theory]
    [InlineData(StunAttributeType.EvenPort)]
    [InlineData(StunAttributeType.RequestedAddressFamily)]
    [InlineData(StunAttributeType.AdditionalAddressFamily)]
    public void A_token_goes_with_nothing_that_chooses_an_address(StunAttributeType other)
    {
        var (_, token) = Reserve();

        _relay.Client("203.0.113.7:2").Allocate((ref StunWriter m) =>
        {
            m.Add(StunAttributeType.ReservationToken, token);
            m.Add(other, other == StunAttributeType.EvenPort ? [0] : [2, 0, 0, 0]);
        }).AssertError(StunErrorCode.BadRequest);
    }

    [Fact]
    public void A_reservation_excludes_a_second_family()
    {
        _relay.Client().Allocate((ref StunWriter m) =>
        {
            m.Add(StunAttributeType.EvenPort, [0x80]);
            m.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24);
        }).AssertError(StunErrorCode.BadRequest);
    }

    /// <summary>Starts an Allocate for a pair of ports, and opens the first.</summary>
    private static (OpenRelay First, OpenRelay Second) BeginPair(TestRelay relay, TestClient client)
    {
        Assert.Null(client.TryRequest(StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            m.Add(StunAttributeType.EvenPort, [0x80]);
        }));
        var first = Assert.IsType<OpenRelay>(Assert.Single(client.Effects));
        relay.Opened(first);
        return (first, Assert.IsType<OpenRelay>(Assert.Single(relay.Effects())));
    }

    private static Attributes EvenPort(bool reserve) =>
        (ref StunWriter m) => m.Add(StunAttributeType.EvenPort, [(byte)(reserve ? 0x80 : 0x00)]);

    private static Attributes Token(byte[] token) => (ref StunWriter m) => m.Add(StunAttributeType.ReservationToken, token);

    private (TestClient Client, byte[] Token) Reserve()
    {
        var client = _relay.Client("203.0.113.7:1");
        return (client, client.Allocate(EvenPort(reserve: true))[StunAttributeType.ReservationToken]);
    }
}
