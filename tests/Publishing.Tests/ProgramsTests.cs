using System.Net;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>The programs that hosts run start with the settings that the plan renders for them, each for its processor.</summary>
[Collection("publishes the project")]
public sealed class ProgramsTests
{
    [Fact]
    public async Task The_relay_relays_with_the_settings_of_the_plan() => await RelayIsReady(Architecture.X64);

    [Fact]
    public async Task Signalling_answers_with_the_settings_of_the_plan() => await SignallingIsHealthy(Architecture.X64);

    [Fact]
    public async Task The_relay_for_arm64_relays_under_emulation() => await RelayIsReady(Architecture.Arm64);

    [Fact]
    public async Task Signalling_for_arm64_answers_under_emulation() => await SignallingIsHealthy(Architecture.Arm64);

    private static async Task RelayIsReady(Architecture architecture)
    {
        await using var host = new LoopbackHost(architecture);
        // Ports of its own for each listener, so that nothing else on this machine is in the way; everything else is the plan's.
        var ports = host.Plan.Services.Relay.Listeners.SelectMany((_, index) => (string[])[$"--relay:listeners:{index}:port", "0"]);
        await using var relay = host.Start("relay", SettingsJson.Render(host.Plan.Services.Relay, null), [.. ports, "--relay:admin", "127.0.0.1:0"]);

        await relay.LineWith("Ready: a probe was relayed over every listener");
        var listening = host.Plan.Services.Relay.Listeners.Select(listener => $"Listening on {listener.Transport} {(listener.Address == HostVariables.RelayIpv6 ? $"[{listener.Address}]" : listener.Address)}:");
        Assert.All(listening, line => Assert.Contains(host.Filled(line), relay.Output, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(0, await relay.StopAsync());
    }

    private static async Task SignallingIsHealthy(Architecture architecture)
    {
        await using var host = new LoopbackHost(architecture);
        var listen = host.Plan.Services.Signalling.Listen.SelectMany((url, index) => (string[])[$"--signalling:listen:{index}", host.Filled(url[..url.LastIndexOf(':')] + ":0")]);
        await using var signalling = host.Start("signalling", SettingsJson.Render(null, host.Plan.Services.Signalling), [.. listen, "--signalling:relays:heartbeatListen", "http://127.0.0.1:0"]);

        var line = await signalling.LineWith("Listening on");
        using var client = host.Client();
        // The one without TLS is for the relay's heartbeats.
        var addresses = line.Split(' ').Where(word => word.StartsWith("https://", StringComparison.Ordinal)).ToArray();
        Assert.Equal(host.Plan.Services.Signalling.Listen.Count, addresses.Length);
        foreach (var address in addresses)
        {
            // Emulated, the first room takes longer to answer than the health check waits for it.
            HttpResponseMessage health;
            do health = await client.GetAsync(new Uri($"{address}/healthz"), TestContext.Current.CancellationToken);
            while (health.StatusCode == HttpStatusCode.ServiceUnavailable);
            Assert.Contains("\"ok\"", await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Contains("<title>Causeway</title>", await client.GetStringAsync(new Uri(address), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        Assert.Equal(0, await signalling.StopAsync());
    }
}
