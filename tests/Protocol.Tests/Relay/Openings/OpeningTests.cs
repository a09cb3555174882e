using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Openings;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Openings;

/// <summary>Between an Allocate request and its response, while sockets are being opened.</summary>
public class OpeningTests
{
    private readonly TestRelay _relay = new() { OpensAtOnce = false };

    [Fact]
    public void The_client_is_answered_only_when_the_socket_is_open()
    {
        var client = _relay.Client();

        var open = BeginAllocate(client);
        Assert.Equal([open], client.Effects);
        _relay.Opened(open);

        Assert.Collection(
            _relay.Effects(),
            effect => Assert.Equal(0, (int)AnswerIn(effect).Error),
            effect => Assert.IsType<AllocationCreated>(effect));
    }

    [Fact]
    public void A_port_in_use_is_given_up_for_another_one()
    {
        var client = _relay.Client();
        var first = BeginAllocate(client);

        _relay.Failed(first);

        var second = Assert.IsType<OpenRelay>(Assert.Single(_relay.Effects()));
        Assert.NotEqual(first.Local, second.Local);
        _relay.Opened(second);
        Assert.Equal(0, (int)AnswerIn(_relay.Effects()[0]).Error);
        Assert.Equal(1, _relay.Shared.Relayed.Count);
    }

    [Fact]
    public void After_eight_ports_in_use_the_answer_is_508()
    {
        var client = _relay.Client();
        List<RelayEffect> effects = [BeginAllocate(client)];
        var ports = new HashSet<TransportAddress>();
        while (effects[0] is OpenRelay open)
        {
            ports.Add(open.Local);
            _relay.Failed(open);
            effects = _relay.Effects();
        }

        Assert.Equal(OpeningState.MaxAttempts, ports.Count);
        AnswerIn(Assert.Single(effects)).AssertError(StunErrorCode.InsufficientCapacity);
        _relay.AssertEmpty();
    }

    [Theory]
    [InlineData(RelayFailure.Exhausted, StunErrorCode.InsufficientCapacity)]
    [InlineData(RelayFailure.AddressNotAvailable, StunErrorCode.AddressFamilyNotSupported)]
    public void A_failure_that_another_port_would_not_fix_is_answered_at_once(RelayFailure failure, StunErrorCode error)
    {
        _relay.Failed(BeginAllocate(_relay.Client()), failure);

        AnswerIn(Assert.Single(_relay.Effects())).AssertError(error);
        _relay.AssertEmpty();
    }

    [Fact]
    public void Every_port_of_the_range_is_found_and_then_no_more()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_099, Quotas = new() { AllocationsPerSubject = 1000 } });
        for (var i = 0; i < 100; i++) relay.Client($"203.0.113.7:{1000 + i}").Allocate().AssertSuccess();

        Assert.Equal(Enumerable.Range(50_000, 100), relay.Sockets.Keys.Select(s => (int)s.Port).Order());
        relay.Client("203.0.113.7:9").Allocate().AssertError(StunErrorCode.InsufficientCapacity);
        Assert.Equal(100, relay.Shared.Allocations);
    }

    /// <summary>Requests without a free port must not allocate memory for each port of the range.</summary>
    [Fact]
    public void An_Allocate_without_a_free_port_makes_no_garbage()
    {
        var relay = new TestRelay();
        var client = relay.Client();
        while (relay.Shared.Relayed.TryClaim(relay.Settings.Addresses[0], PortRule.Any, 0, relay.Now, default, null, out _))
        {
        }

        client.Allocate().AssertError(StunErrorCode.InsufficientCapacity);

        var before = GC.GetAllocatedBytesForCurrentThread();
        client.Allocate().AssertError(StunErrorCode.InsufficientCapacity);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void A_port_in_use_is_not_tried_twice_for_the_same_request()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_001 }) { OpensAtOnce = false };
        var first = BeginAllocate(relay.Client());
        relay.Failed(first);
        var second = Assert.IsType<OpenRelay>(Assert.Single(relay.Effects()));
        relay.Failed(second);

        Assert.NotEqual(first.Local, second.Local);
        AnswerIn(Assert.Single(relay.Effects())).AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Fact]
    public void A_port_of_another_program_is_not_tried_again_for_half_a_minute()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_000 }) { OpensAtOnce = false };
        var client = relay.Client();
        relay.Failed(BeginAllocate(client));
        relay.Effects();
        Assert.Equal((0, 0), (relay.Shared.Capacity(relay.Now).Total, relay.Shared.Capacity(relay.Now).Free));

        relay.Pass(PortPool.AsideMilliseconds - 1);
        client.Allocate().AssertError(StunErrorCode.InsufficientCapacity);
        relay.Pass(1);
        Assert.Equal((1, 1), (relay.Shared.Capacity(relay.Now).Total, relay.Shared.Capacity(relay.Now).Free));
        relay.Opened(BeginAllocate(client));
    }

    [Fact]
    public void Of_a_pair_the_port_that_was_not_refused_is_free_again_at_once()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_001 }) { OpensAtOnce = false };
        var client = relay.Client();
        client.Challenge();
        client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            m.Add(StunAttributeType.EvenPort, [0x80]);
        }));
        relay.Opened((OpenRelay)client.Effects[0]);
        relay.Failed((OpenRelay)relay.Effects()[0]);
        relay.Effects();

        Assert.Equal(
            (0, 1, 1),
            (relay.Shared.Capacity(relay.Now).Taken, relay.Shared.Capacity(relay.Now).Total, relay.Shared.Capacity(relay.Now).Free));
        Assert.Equal(50_000, BeginAllocate(relay.Client("203.0.113.7:2")).Local.Port);
    }

    [Fact]
    public void A_retransmission_while_sockets_are_opened_is_dropped()
    {
        var client = _relay.Client();
        var open = BeginAllocate(client);

        client.SendRequest(client.LastRequest);
        Assert.Empty(client.Effects);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.RequestPending));

        _relay.Opened(open);
        Assert.Equal(2, _relay.Effects().Count);
    }

    [Fact]
    public void Other_requests_while_sockets_are_opened_are_mismatched()
    {
        var client = _relay.Client();
        BeginAllocate(client);

        client.Refresh(0).AssertError(StunErrorCode.AllocationMismatch);
        client.Permit("192.0.2.1").AssertError(StunErrorCode.AllocationMismatch);
    }

    [Fact]
    public void A_socket_that_opens_after_its_client_disconnected_is_closed()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        var open = BeginAllocate(client);

        _relay.Shard.HandleClientClosed(client.Handle, _relay.Now);
        Assert.Empty(_relay.Effects());
        _relay.Opened(open);

        Assert.Equal([new CloseRelay(open.Allocation, open.Local)], _relay.Effects());
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_socket_that_fails_after_its_client_disconnected_leaves_nothing()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        var open = BeginAllocate(client);
        _relay.Shard.HandleClientClosed(client.Handle, _relay.Now);

        _relay.Failed(open);

        Assert.Empty(_relay.Effects());
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_socket_that_opens_after_the_relay_closed_is_closed()
    {
        var open = BeginAllocate(_relay.Client());

        _relay.Shard.Close(_relay.Now);
        _relay.Opened(open);

        Assert.Equal([new CloseRelay(open.Allocation, open.Local)], _relay.Effects());
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_client_may_reconnect_before_the_old_outcome_arrives()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        var old = BeginAllocate(client);
        _relay.Shard.HandleClientClosed(client.Handle, _relay.Now);
        var open = BeginAllocate(client);

        _relay.Opened(old);
        Assert.Equal([new CloseRelay(old.Allocation, old.Local)], _relay.Effects());
        _relay.Opened(open);
        Assert.IsType<AllocationCreated>(_relay.Effects()[^1]);
    }

    [Fact]
    public void A_subject_revoked_while_sockets_are_opened_is_forbidden_and_the_socket_closed()
    {
        var open = BeginAllocate(_relay.Client());
        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 10);

        _relay.Opened(open);

        var effects = _relay.Effects();
        Assert.Equal(new CloseRelay(open.Allocation, open.Local), effects[0]);
        AnswerIn(effects[1]).AssertError(StunErrorCode.Forbidden);
        _relay.AssertEmpty();
    }

    [Fact]
    public void An_unexpected_outcome_closes_the_socket()
    {
        var local = TransportAddress.Parse("10.0.0.5:50000");
        _relay.Opened(new(new(0, 7, 3), local));

        Assert.Equal([new CloseRelay(new(0, 7, 3), local)], _relay.Effects());
    }

    [Fact]
    public void An_outcome_that_comes_twice_leaves_the_living_socket_alone()
    {
        var open = BeginAllocate(_relay.Client());
        _relay.Opened(open);
        _relay.Effects();

        _relay.Shard.HandleRelayOpened(open.Allocation, open.Local, _relay.Now);
        _relay.Shard.HandleRelayFailed(open.Allocation, open.Local, RelayFailure.PortInUse, _relay.Now);

        Assert.Empty(_relay.Effects());
        Assert.Equal(1, _relay.Shard.Allocations);
    }

    [Fact]
    public void Of_a_dual_allocation_IPv6_is_opened_when_IPv4_is_open()
    {
        var client = _relay.Client();
        var first = BeginAllocate(client, IpFamily.IPv6);
        Assert.Equal(IpFamily.IPv4, first.Local.Family);
        _relay.Opened(first);
        var second = Assert.IsType<OpenRelay>(Assert.Single(_relay.Effects()));
        Assert.Equal((IpFamily.IPv6, first.Allocation), (second.Local.Family, second.Allocation));
        _relay.Opened(second);

        var answer = AnswerIn(_relay.Effects()[0]);

        answer.AssertSuccess();
        Assert.Equal([IpFamily.IPv4, IpFamily.IPv6], answer.Addresses(StunAttributeType.XorRelayedAddress).Select(a => a.Family));
        Assert.DoesNotContain(StunAttributeType.AddressErrorCode, answer.Types);
    }

    // RFC 8656 §18.12: family, 13 reserved bits, class, number, phrase.
    [Fact]
    public void One_family_of_a_dual_allocation_may_fail_and_the_success_says_why()
    {
        var client = _relay.Client();
        _relay.Failed(BeginAllocate(client, IpFamily.IPv6), RelayFailure.Exhausted);
        _relay.Opened(Assert.IsType<OpenRelay>(Assert.Single(_relay.Effects())));

        var answer = AnswerIn(_relay.Effects()[0]);

        answer.AssertSuccess();
        Assert.Equal([IpFamily.IPv6], answer.Addresses(StunAttributeType.XorRelayedAddress).Select(a => a.Family));
        Assert.Equal([1, 0, 5, 8, .. "Insufficient Capacity"u8], answer[StunAttributeType.AddressErrorCode]);
    }

    [Fact]
    public void A_family_of_a_dual_allocation_that_is_not_served_is_named_in_the_success()
    {
        var address = IpAddress.Parse(TestRelay.LocalIPv4);
        var relay = new TestRelay(s => s with { Addresses = [new(address, address)] });

        var answer = relay.Client().AllocateDual();

        answer.AssertSuccess();
        Assert.Equal([2, 0, 4, 40, .. "Address Family not Supported"u8], answer[StunAttributeType.AddressErrorCode]);
    }

    [Fact]
    public void When_both_families_of_a_dual_allocation_fail_the_answer_is_the_first_error()
    {
        _relay.Failed(BeginAllocate(_relay.Client(), IpFamily.IPv6), RelayFailure.Exhausted);
        _relay.Failed(Assert.IsType<OpenRelay>(Assert.Single(_relay.Effects())), RelayFailure.AddressNotAvailable);

        AnswerIn(Assert.Single(_relay.Effects())).AssertError(StunErrorCode.InsufficientCapacity);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_client_that_goes_between_the_two_sockets_of_a_dual_allocation_leaves_neither()
    {
        var client = _relay.Client(transport: ClientTransport.Tls);
        var first = BeginAllocate(client, IpFamily.IPv6);
        _relay.Opened(first);
        var second = Assert.IsType<OpenRelay>(Assert.Single(_relay.Effects()));

        _relay.Shard.HandleClientClosed(client.Handle, _relay.Now);
        Assert.Equal([new CloseRelay(first.Allocation, first.Local)], _relay.Effects());
        _relay.Opened(second);
        Assert.Equal([new CloseRelay(second.Allocation, second.Local)], _relay.Effects());
        _relay.AssertEmpty();
    }

    private static OpenRelay BeginAllocate(TestClient client, IpFamily? additional = null)
    {
        if (client.Nonce is null) client.Challenge();
        client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            if (additional is { } family) m.Add(StunAttributeType.AdditionalAddressFamily, (uint)family << 24);
        }));
        return Assert.IsType<OpenRelay>(Assert.Single(client.Effects));
    }

    private static Answer AnswerIn(RelayEffect effect) => new(Assert.IsType<SendToClient>(effect).Message.ToArray());
}
