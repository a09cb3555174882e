using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>RFC 8656 §7.2, in its order.</summary>
public class AllocateTests
{
    private readonly TestRelay _relay = new();

    [Fact]
    public void Allocate_opens_a_socket_and_then_answers_with_the_public_relayed_address()
    {
        var client = _relay.Client();

        var answer = client.Allocate();

        answer.AssertSuccess();
        var relayed = Assert.Single(client.Relayed);
        Assert.Equal(IpAddress.Parse(TestRelay.PublicIPv4), relayed.Ip);
        Assert.InRange(relayed.Port, 49152, 65535);
        Assert.Equal(
            [
                new OpenRelay(client.Allocation, new(IpAddress.Parse(TestRelay.LocalIPv4), relayed.Port)),
                new SendToClient(client.Handle, client.Effects.OfType<SendToClient>().Single().Message),
                new AllocationCreated(client.Allocation, client.Handle, "alice", relayed),
            ],
            client.Effects);
        Assert.Equal(
            [
                StunAttributeType.XorRelayedAddress, StunAttributeType.Lifetime, StunAttributeType.XorMappedAddress,
                StunAttributeType.MessageIntegrity,
            ],
            answer.Types);
        Assert.Equal(600u, answer.Number(StunAttributeType.Lifetime));
        Assert.Equal([client.Handle.Address], answer.Addresses(StunAttributeType.XorMappedAddress));
        Assert.True(answer.IsSignedWith(client.Key));
        Assert.Equal((1, 1, 1), (_relay.Shard.Allocations, _relay.Shared.Allocations, _relay.Counters.AllocationsCreated));
    }

    [Fact]
    public void The_relayed_address_is_found_by_its_local_and_by_its_public_form()
    {
        var client = _relay.Client();
        client.Allocate();

        Assert.True(_relay.Shared.TryFind(client.Relayed[0], out var byPublic));
        Assert.True(_relay.Shared.TryFind(client.Relayed[0] with { Ip = IpAddress.Parse(TestRelay.LocalIPv4) }, out var byLocal));
        Assert.Equal((client.Allocation, client.Allocation), (byPublic, byLocal));
        Assert.False(_relay.Shared.TryFind(client.Relayed[0] with { Ip = IpAddress.Parse("192.0.2.1") }, out _));
    }

    [Fact]
    public void A_retransmitted_request_is_answered_again_with_the_same_bytes()
    {
        var client = _relay.Client();
        client.Allocate();
        var answer = client.Effects.OfType<SendToClient>().Single();

        _relay.Pass(39_999);
        client.SendRequest(client.LastRequest);

        Assert.Equal([new SendToClient(client.Handle, answer.Message)], client.Effects);
        Assert.Equal(1, _relay.Counters.Successes(StunMethod.Allocate));
    }

    [Fact]
    public void A_request_that_comes_again_later_than_retransmissions_do_is_mismatched()
    {
        var client = _relay.Client();
        client.Allocate();

        _relay.Pass(40_000);

        client.SendRequest(client.LastRequest)!.AssertError(StunErrorCode.AllocationMismatch);
    }

    [Fact]
    public void A_request_that_comes_again_after_a_refresh_is_mismatched()
    {
        var client = _relay.Client();
        client.Allocate();
        var request = client.LastRequest;
        client.Refresh();

        client.SendRequest(request)!.AssertError(StunErrorCode.AllocationMismatch);
    }

    [Fact]
    public void A_second_allocation_for_the_same_five_tuple_is_mismatched()
    {
        var client = _relay.Client();
        client.Allocate();

        client.Allocate().AssertError(StunErrorCode.AllocationMismatch);
        Assert.Single(_relay.Sockets);
    }

    [Fact]
    public void The_same_address_by_another_transport_or_listener_is_another_five_tuple()
    {
        _relay.Client().Allocate().AssertSuccess();

        _relay.Client(transport: ClientTransport.Tcp).Allocate().AssertSuccess();
        Assert.Equal(2, _relay.Shard.Allocations);
    }

    [Fact]
    public void Without_requested_transport_the_request_is_bad()
    {
        _relay.Client().Request(StunMethod.Allocate).AssertError(StunErrorCode.BadRequest);
    }

    [Fact]
    public void With_a_malformed_requested_transport_the_request_is_bad()
    {
        _relay.Client().Request(
            StunMethod.Allocate,
            (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, [17])).AssertError(StunErrorCode.BadRequest);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(0)]
    [InlineData(255)]
    public void Another_transport_than_udp_is_not_supported(byte protocol)
    {
        _relay.Client()
            .Request(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, (uint)protocol << 24))
            .AssertError(StunErrorCode.UnsupportedTransportProtocol);
    }

    [Fact]
    public void Dont_fragment_is_supported()
    {
        var client = _relay.Client();

        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.DontFragment, [])).AssertSuccess();

        client.Permit("192.0.2.1").AssertSuccess();
        Assert.False(client.SendTo("192.0.2.1:9000", "x"u8).Forward.DontFragment);
    }

    [Fact]
    public void IPv6_is_allocated_on_request()
    {
        var client = _relay.Client();

        client.AllocateIPv6().AssertSuccess();

        Assert.Equal([IpAddress.Parse(TestRelay.IPv6)], client.Relayed.Select(r => r.Ip));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_unknown_family_is_not_supported(byte family)
    {
        _relay.Client()
            .Allocate((ref StunWriter m) => m.Add(StunAttributeType.RequestedAddressFamily, (uint)family << 24))
            .AssertError(StunErrorCode.AddressFamilyNotSupported);
    }

    [Theory]
    [InlineData(TestRelay.LocalIPv4, IpFamily.IPv6)]
    [InlineData(TestRelay.IPv6, IpFamily.IPv4)]
    [InlineData(TestRelay.IPv6, null)]
    public void An_unsupported_family_is_refused_and_the_default_is_IPv4(string served, IpFamily? asked)
    {
        var address = IpAddress.Parse(served);
        var relay = new TestRelay(s => s with { Addresses = [new(address, address)] });

        relay.Client()
            .Allocate((ref StunWriter m) =>
            {
                if (asked is { } family) m.Add(StunAttributeType.RequestedAddressFamily, (uint)family << 24);
            })
            .AssertError(StunErrorCode.AddressFamilyNotSupported);
    }

    [Fact]
    public void A_requested_and_an_additional_family_exclude_each_other()
    {
        _relay.Client().Allocate((ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedAddressFamily, 1u << 24);
            m.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24);
        }).AssertError(StunErrorCode.BadRequest);
    }

    [Theory]
    [InlineData(StunAttributeType.RequestedAddressFamily, "01")]
    [InlineData(StunAttributeType.AdditionalAddressFamily, "02")]
    [InlineData(StunAttributeType.AdditionalAddressFamily, "01000000")]
    [InlineData(StunAttributeType.EvenPort, "80000000")]
    [InlineData(StunAttributeType.Lifetime, "0258")]
    [InlineData(StunAttributeType.ReservationToken, "00112233")]
    public void Malformed_attributes_make_the_request_bad(StunAttributeType type, string value)
    {
        _relay.Client().Allocate((ref StunWriter m) => m.Add(type, Convert.FromHexString(value))).AssertError(StunErrorCode.BadRequest);
        _relay.AssertEmpty();
    }

    [Theory]
    [InlineData(null, 600)]
    [InlineData(0u, 600)]
    [InlineData(599u, 600)]
    [InlineData(601u, 601)]
    [InlineData(3600u, 3600)]
    [InlineData(3601u, 3600)]
    [InlineData(uint.MaxValue, 3600)]
    public void The_lifetime_lies_between_the_default_and_the_maximum(uint? asked, uint granted)
    {
        var answer = _relay.Client().Allocate(
            (ref StunWriter m) => { if (asked is { } seconds) m.Add(StunAttributeType.Lifetime, seconds); });

        Assert.Equal(granted, answer.Number(StunAttributeType.Lifetime));
    }

    [Theory]
    [InlineData(10, 310)]
    [InlineData(299, 599)]
    [InlineData(300, 600)]
    [InlineData(86_400, 600)]
    public void The_lifetime_ends_with_the_credential_and_its_grace(int secondsLeft, uint granted)
    {
        var client = _relay.Client();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + secondsLeft);

        Assert.Equal(granted, client.Allocate().Number(StunAttributeType.Lifetime));
    }

    [Fact]
    public void The_subjects_quota_is_answered_486_and_other_subjects_go_on()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerSubject = 2 } });
        relay.Client("203.0.113.7:1").Allocate().AssertSuccess();
        relay.Client("203.0.113.7:2").Allocate().AssertSuccess();

        relay.Client("203.0.113.7:3").Allocate().AssertError(StunErrorCode.AllocationQuotaReached);
        relay.Client("203.0.113.7:4", "bob").Allocate().AssertSuccess();
    }

    [Fact]
    public void The_relays_quota_is_answered_508_over_all_shards()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { Allocations = 2 } }, shards: 2);
        relay.Client("203.0.113.7:1", "a").Allocate().AssertSuccess();
        relay.Client("203.0.113.7:2", "b", shard: 1).Allocate().AssertSuccess();

        relay.Client("203.0.113.7:3", "c", shard: 1).Allocate().AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Fact]
    public void A_freed_share_of_a_quota_can_be_used_again()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerSubject = 1 } });
        var first = relay.Client("203.0.113.7:1");
        first.Allocate();
        first.Refresh(0);

        relay.Client("203.0.113.7:2").Allocate().AssertSuccess();
    }

    [Fact]
    public void Ports_differ_from_seed_to_seed_and_not_from_run_to_run()
    {
        static ushort Port(byte seed)
        {
            var client = new TestRelay(seed: seed).Client();
            client.Allocate();
            return client.Relayed[0].Port;
        }

        Assert.Equal(Port(1), Port(1));
        Assert.True(Enumerable.Range(1, 10).Select(seed => Port((byte)seed)).Distinct().Count() > 8);
    }

    [Fact]
    public void A_draining_relay_creates_no_allocation_and_keeps_current_ones()
    {
        var client = _relay.Client("203.0.113.7:1");
        client.Allocate();

        _relay.Shard.Drain();

        _relay.Client("203.0.113.7:2").Allocate().AssertError(StunErrorCode.InsufficientCapacity);
        client.Refresh().AssertSuccess();
    }
}
