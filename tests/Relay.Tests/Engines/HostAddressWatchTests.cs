using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>Watches this machine's addresses; changes are tested in a network namespace.</summary>
[Collection(nameof(Alone))]
public class HostAddressWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_addresses_are_told_at_once_and_those_of_the_framework_are_among_them()
    {
        IReadOnlyList<IpAddress> told = [];
        using var watch = new HostAddressWatch(addresses => told = addresses, failure => Assert.Fail(failure.ToString()), _time);

        Assert.Equal(told, watch.Current);
        Assert.Equal(told.Distinct(), told);
        Assert.Subset(told.ToHashSet(), HostAddresses.All(IpFamily.IPv4).Concat(HostAddresses.All(IpFamily.IPv6)).ToHashSet());
        Assert.Contains(IpAddress.Parse("127.0.0.1"), told);
    }

    [Fact]
    public void Who_throws_at_what_it_is_told_is_told_so_and_the_watch_goes_on()
    {
        var failures = 0;
        using var watch = new HostAddressWatch(_ => throw new InvalidOperationException("not now"), _ => failures++, _time);

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.InRange(failures, 1, int.MaxValue);
        Assert.NotEmpty(watch.Current);
    }

    [Fact]
    public void A_look_at_addresses_that_stay_allocates_nothing()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux(), "elsewhere the framework's list is read, which allocates");
        var told = 0;
        using var watch = new HostAddressWatch(_ => told++, failure => Assert.Fail(failure.ToString()), _time);
        watch.Look();
        var before = (Told: told, Allocated: GC.GetAllocatedBytesForCurrentThread());

        for (var i = 0; i < 100; i++) watch.Look();

        // This machine's addresses may change meanwhile.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before.Allocated;
        Assert.True(told > before.Told || allocated == 0, $"100 looks allocated {allocated} bytes");
    }
}
