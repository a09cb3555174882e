using Causeway.Turn.Protocol.Relay;

namespace Causeway.Protocol.Tests.Relay;

public class RelayCapacityTests
{
    [Theory]
    [InlineData(10_000, 10_000)]
    [InlineData(20, 20)]
    [InlineData(5, 5)]
    public void Capacity_is_the_smaller_of_quota_and_ports(int quota, int expected)
    {
        var last = quota == 20 ? (ushort)65_000 : (ushort)60_000;
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = last, Quotas = new() { Allocations = quota } });
        Assert.Equal(new RelayCapacity(0, expected, expected), relay.Shared.Capacity(relay.Now));
    }

    [Fact]
    public void Twenty_ports_are_room_for_twenty_whatever_the_quota_says_and_then_the_relay_is_full()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_019, Quotas = new() { AllocationsPerSubject = 100 } });
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(new RelayCapacity(i, 20, 20 - i), relay.Shared.Capacity(relay.Now));
            Assert.False(relay.Shared.Capacity(relay.Now).IsFull());
            relay.Client($"203.0.113.7:{1000 + i}").Allocate().AssertSuccess();
        }

        Assert.Equal(new RelayCapacity(20, 20, 0), relay.Shared.Capacity(relay.Now));
        Assert.True(relay.Shared.Capacity(relay.Now).IsFull());
    }

    [Fact]
    public void The_family_whose_ports_are_taken_makes_the_relay_full()
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_001 });
        relay.Client("203.0.113.7:1").Allocate();
        relay.Client("203.0.113.7:2").Allocate();

        Assert.Equal(new RelayCapacity(2, 2, 0), relay.Shared.Capacity(relay.Now));
        relay.Client("203.0.113.7:3").AllocateIPv6().AssertSuccess();
        Assert.True(relay.Shared.Capacity(relay.Now).IsFull());
    }

    /// <summary>Current users create the new allocation before they end the old one.</summary>
    [Fact]
    public void A_twentieth_is_kept_for_current_users()
    {
        Assert.False(new RelayCapacity(9_500, 10_000, 500).IsFull());
        Assert.True(new RelayCapacity(9_501, 10_000, 499).IsFull());
        Assert.True(new RelayCapacity(18, 20, 2).IsFull(needed: 3));
    }

    [Fact]
    public void A_relay_without_allocations_and_ports_is_broken_and_not_full() => Assert.False(new RelayCapacity(0, 0, 0).IsFull());
}
