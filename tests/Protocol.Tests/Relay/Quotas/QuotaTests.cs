using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Quotas;

/// <summary>What counts to which quota.</summary>
public class QuotaTests
{
    [Fact]
    public void A_dual_allocation_counts_twice_for_its_subject()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerSubject = 3 } });
        relay.Client("203.0.113.7:1").AllocateDual().AssertSuccess();
        Assert.Equal(2, relay.Shared.Allocations);

        relay.Client("203.0.113.7:2").AllocateDual().AssertError(StunErrorCode.AllocationQuotaReached);
        relay.Client("203.0.113.7:2").Allocate().AssertSuccess();
        relay.Client("203.0.113.7:3").Allocate().AssertError(StunErrorCode.AllocationQuotaReached);
    }

    [Fact]
    public void A_dual_allocation_counts_twice_for_the_relay_and_for_its_address()
    {
        var all = new TestRelay(s => s with { Quotas = new() { Allocations = 1 } });
        all.Client().AllocateDual().AssertError(StunErrorCode.InsufficientCapacity);
        all.AssertEmpty();

        var address = new TestRelay(s => s with { Quotas = new() { AllocationsPerAddress = 1 } });
        address.Client().AllocateDual().AssertError(StunErrorCode.AllocationQuotaReached);
        address.AssertEmpty();
    }

    [Fact]
    public void A_family_of_a_dual_allocation_that_was_deleted_or_failed_does_not_count()
    {
        var relay = new TestRelay();
        var client = relay.Client();
        client.AllocateDual();
        client.Refresh(0, IpFamily.IPv6);
        Assert.Equal(1, relay.Shared.Allocations);
        client.Refresh(0);
        relay.AssertEmpty();

        var address = IpAddress.Parse(TestRelay.LocalIPv4);
        var single = new TestRelay(s => s with { Addresses = [new(address, address)], Quotas = new() { AllocationsPerSubject = 1 } });
        single.Client().AllocateDual().AssertSuccess();
        Assert.Equal(1, single.Shared.Allocations);
    }

    [Fact]
    public void Subjects_of_one_address_share_its_bound_and_other_addresses_go_on()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerAddress = 3 } });
        for (var i = 0; i < 3; i++) relay.Client($"203.0.113.7:{1000 + i}", $"fresh-{i}").Allocate().AssertSuccess();

        relay.Client("203.0.113.7:9", "fresh-9").Allocate().AssertError(StunErrorCode.AllocationQuotaReached);
        relay.Client("203.0.113.8:9", "fresh-9").Allocate().AssertSuccess();
    }

    [Fact]
    public void A_bound_of_an_address_is_over_all_shards_and_given_back_with_the_allocation()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerAddress = 1 } }, shards: 2);
        var first = relay.Client("203.0.113.7:1", "a");
        first.Allocate().AssertSuccess();
        relay.Client("203.0.113.7:2", "b", shard: 1).Allocate().AssertError(StunErrorCode.AllocationQuotaReached);

        first.Refresh(0);
        relay.Client("203.0.113.7:2", "b", shard: 1).Allocate().AssertSuccess();
    }

    /// <summary>The quota is 2 for an address, 4 for a network of 56 bits and 8 for one of 48.</summary>
    [Theory]
    [InlineData("2001:db8:1:2::", 2)] // the same network of 64 bits, other addresses
    [InlineData("2001:db8:1:{0}::1", 4)] // other networks of 64 bits in one of 56
    [InlineData("2001:db8:1:{0}00::1", 8)] // other networks of 56 bits in one of 48
    [InlineData("2001:db8:{0}::1", 16)] // other networks of 48 bits: each its own
    public void A_client_counts_to_its_networks_of_64_56_and_48_bits(string address, int most)
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerAddress = 2 } });
        var made = 0;
        for (var i = 1; i <= 16; i++)
        {
            var at = address.Contains('{', StringComparison.Ordinal)
                ? string.Format(System.Globalization.CultureInfo.InvariantCulture, address, i.ToString("x", null))
                : $"{address}{i:x}";
            if (relay.Client($"[{at}]:4000", $"fresh-{i}").Allocate().Error == 0) made++;
        }

        Assert.Equal(most, made);
    }

    [Fact]
    public void A_reserved_port_counts_to_the_address_that_reserved_it_after_another_client_took_it()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerAddress = 2 } });
        var first = relay.Client("203.0.113.7:1");
        var token = first.Allocate((ref StunWriter m) => m.Add(StunAttributeType.EvenPort, [0x80]))[StunAttributeType.ReservationToken];
        var second = relay.Client("203.0.113.8:1");
        second.Allocate((ref StunWriter m) => m.Add(StunAttributeType.ReservationToken, token)).AssertSuccess();

        relay.Client("203.0.113.7:2").Allocate().AssertError(StunErrorCode.AllocationQuotaReached);
        second.Refresh(0);
        relay.Client("203.0.113.7:2").Allocate().AssertSuccess();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_quota_is_above_zero(int value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(nameof(RelayQuotas.Allocations), () => new RelayQuotas { Allocations = value });
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(RelayQuotas.ChallengesPerAddress), () => new RelayQuotas { ChallengesPerAddress = value });
    }
}
