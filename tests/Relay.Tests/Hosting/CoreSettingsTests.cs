using Causeway.Relay.Diagnostics;
using Causeway.Relay.Hosting;
using Causeway.Relay.Settings;
using Causeway.Turn.Client;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Relay.Tests.Hosting;

public class CoreSettingsTests
{
    [Fact]
    public async Task Lifetimes_reach_the_shards_also_when_they_are_reloaded()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(lifetimes: new() { Allocation = TimeSpan.FromMinutes(2) }));
        await using var client = await relay.AllocateAsync();
        Assert.Equal(TimeSpan.FromMinutes(2), client.Allocation!.Lifetime);

        Assert.Empty(relay.Host.Reload(
            TestRelay.Options(lifetimes: new() { Allocation = TimeSpan.FromMinutes(3), MaxAllocation = TimeSpan.FromMinutes(5) })));
        await using var next = await relay.AllocateAsync();
        Assert.Equal(TimeSpan.FromMinutes(3), next.Allocation!.Lifetime);
        await client.RefreshAsync(TimeSpan.FromHours(1), Deadline.Token);
        Assert.Equal(TimeSpan.FromMinutes(5), client.Allocation!.Lifetime);
    }

    [Fact]
    public async Task Every_lifetime_of_the_options_has_its_own_setting_of_the_shards()
    {
        var lifetimes = new RelayLifetimeOptions
        {
            Allocation = TimeSpan.FromSeconds(61),
            MaxAllocation = TimeSpan.FromSeconds(62),
            Nonce = TimeSpan.FromSeconds(63),
            Reservation = TimeSpan.FromSeconds(64),
        };
        var mistakes = new List<string>();
        var configuration = RelayOptionsValidator.Parse(TestRelay.Options(lifetimes: lifetimes), mistakes);
        Assert.Empty(mistakes);
        await using var engine = PortableEngine.Bind(new() { Listeners = [] }, new EngineLog(NullLogger.Instance), TimeProvider.System);

        var shards = configuration.ForShards([], engine);

        Assert.Equal(
            (61, 62, 63, 64),
            (shards.DefaultLifetimeSeconds, shards.MaxLifetimeSeconds, shards.NonceLifetimeSeconds, shards.ReservationSeconds));
        Assert.Equal(4, typeof(RelayLifetimeOptions).GetProperties().Length);
        // Without settings, what the core has by itself.
        var defaults = RelayOptionsValidator.Parse(TestRelay.Options(), mistakes).ForShards([], engine);
        var core = new RelaySettings { Realm = "x", Addresses = [], Secrets = [], Peers = shards.Peers };
        Assert.Equal(
            (core.DefaultLifetimeSeconds, core.MaxLifetimeSeconds, core.NonceLifetimeSeconds, core.ReservationSeconds),
            (defaults.DefaultLifetimeSeconds, defaults.MaxLifetimeSeconds, defaults.NonceLifetimeSeconds, defaults.ReservationSeconds));
    }

    [Fact]
    public async Task TCP_allocations_are_off_until_a_reload_turns_them_on_and_off_again()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options());
        Assert.Equal(StunErrorCode.UnsupportedTransportProtocol, await AllocateAsync());

        Assert.Empty(relay.Host.Reload(TestRelay.Options(tcpAllocations: true)));
        Assert.Null(await AllocateAsync());

        Assert.Empty(relay.Host.Reload(TestRelay.Options()));
        Assert.Equal(StunErrorCode.UnsupportedTransportProtocol, await AllocateAsync());

        async Task<StunErrorCode?> AllocateAsync()
        {
            await using var client = await relay.ConnectAsync(relay.ClientOptions(ClientTransport.Tcp));
            try
            {
                await client.AllocateAsync(new() { Tcp = true }, Deadline.Token);
                return null;
            }
            catch (TurnException refused)
            {
                return refused.Code;
            }
        }
    }

    [Fact]
    public async Task The_listeners_of_streams_are_known_by_their_public_addresses_too()
    {
        var options = TestRelay.Options(addresses: [new() { Address = "127.0.0.1", Public = "192.0.2.1" }]);
        var configuration = RelayOptionsValidator.Parse(options, []);
        await using var engine = PortableEngine.Bind(
            new() { Listeners = [new(ClientTransport.Udp, Any()), new(ClientTransport.Tcp, Any())] },
            new EngineLog(NullLogger.Instance),
            TimeProvider.System);
        var port = engine.Listeners.Single(listener => listener.Transport == ClientTransport.Tcp).Address.Port;

        var shards = configuration.ForShards(configuration.Addresses, engine);

        Assert.Equal([new(Any().Ip, port), new(IpAddress.Parse("192.0.2.1"), port)], shards.StreamListeners);

        static TransportAddress Any() => new(TestRelay.Loopback(IpFamily.IPv4), 0);
    }

    [Fact]
    public void Every_quota_of_the_options_reaches_the_shards_by_its_name()
    {
        var options = new RelayQuotaOptions();
        var names = typeof(RelayQuotaOptions).GetProperties().Select(property => property.Name).ToList();
        for (var i = 0; i < names.Count; i++) typeof(RelayQuotaOptions).GetProperty(names[i])!.SetValue(options, 11 + i);

        var quotas = options.ForShards();

        Assert.Equal(names, typeof(RelayQuotas).GetProperties().Select(property => property.Name));
        Assert.All(names.Index(), quota => Assert.Equal(11 + quota.Index, typeof(RelayQuotas).GetProperty(quota.Item)!.GetValue(quotas)));
    }
}
