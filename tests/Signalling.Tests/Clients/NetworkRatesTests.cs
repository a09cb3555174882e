using System.Net;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Options;
using Causeway.Signalling.Tests.Service;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Signalling.Tests.Clients;

public class NetworkRatesTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void An_address_has_as_many_at_once_as_in_a_minute_and_then_one_at_a_time()
    {
        var rates = Create(60);
        Assert.Equal(60, Take(rates, 200, _ => "192.0.2.1"));
        Assert.True(rates.TryTake(ClientNetworks.Of(IPAddress.Parse("192.0.2.2"))));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Take(rates, 10, _ => "192.0.2.1"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, Take(rates, 100, _ => "::ffff:192.0.2.1"));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(60, Take(rates, 200, _ => "192.0.2.1"));
    }

    [Fact]
    public void An_owner_of_a_network_has_no_more_than_its_multiple()
    {
        Assert.Equal(20, Take(Create(20), 1000, i => $"2001:db8::{i:x}"));
        Assert.Equal(40, Take(Create(20), 1000, i => $"2001:db8:0:{i % 256:x}::1"));
        Assert.Equal(80, Take(Create(20), 1000, i => $"2001:db8:0:{i * 64 % 65536:x}::1"));
        Assert.InRange(Take(Create(20), 1000, i => $"2001:db8:{i:x}::1"), 900, 1000);
    }

    private NetworkRates Create(int perMinute) => new(TestSettings.Of(new SignallingLimitOptions { JoinsPerAddress = perMinute }), _clock);

    private static int Take(NetworkRates rates, int times, Func<int, string> address) =>
        Enumerable.Range(0, times).Count(i => rates.TryTake(ClientNetworks.Of(IPAddress.Parse(address(i)))));
}
