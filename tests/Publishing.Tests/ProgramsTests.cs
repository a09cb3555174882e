using System.Net;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>The hosts' programs start with the settings that the plan renders for them, each on its processor.</summary>
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
        var settings = SettingsJson.Render(host.Plan.Services.Relay, null);
        await using var relay = host.Start("relay", settings, [.. ports, "--relay:admin", "127.0.0.1:0"]);

        await relay.LineWith("Ready: a probe was relayed over every listener");
        var listening = from listener in host.Plan.Services.Relay.Listeners
                        let address = listener.Address == HostVariables.RelayIpv6 ? $"[{listener.Address}]" : listener.Address
                        select $"Listening on {listener.Transport} {address}:";
        Assert.All(listening, line => Assert.Contains(host.Filled(line), relay.Output, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(0, await relay.StopAsync());
    }

    private static async Task SignallingIsHealthy(Architecture architecture)
    {
        await using var host = new LoopbackHost(architecture);
        var listen = host.Plan.Services.Signalling.Listen.SelectMany((url, index) =>
            (string[])[$"--signalling:listen:{index}", host.Filled(url[..url.LastIndexOf(':')] + ":0")]);
        var settings = SettingsJson.Render(null, host.Plan.Services.Signalling);
        string[] heartbeats = ["--signalling:relays:heartbeatListen", "http://127.0.0.1:0"];
        await using var signalling = host.Start("signalling", settings, [.. listen, .. heartbeats]);

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
            var answer = await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("\"ok\"", answer, StringComparison.Ordinal);
            var page = await client.GetStringAsync(new Uri(address), TestContext.Current.CancellationToken);
            Assert.Contains("<title>Causeway</title>", page, StringComparison.Ordinal);
        }
        Assert.Equal(0, await signalling.StopAsync());
    }
}
