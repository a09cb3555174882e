using System.Net;
using Causeway.Blueprint.Services;
using Causeway.Infra.Resources.Rollout;
using Causeway.Lab.Network;
using Causeway.Turn.Client;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Credentials = Causeway.Turn.Protocol.Credentials;

namespace Causeway.Lab.Machine;

/// <summary>
/// Signalling that hands out whichever relays tell it of themselves, and relays as programs of their own, all on loopback.
/// </summary>
internal sealed class LocalFleet : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = LabFolders.New("fleet");
    private readonly List<FleetRelay> _relays = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly int _heartbeats = FreePorts.Take();

    /// <summary>Signalling, and the page that it serves.</summary>
    public LocalService Service { get; private set; } = null!;

    private Credentials Operator =>
        Credentials.Mint(Service.Plan.Relay.Secrets[0], Credentials.OperatorSubject, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds());

    private string Keys => Path.Combine(_folder.FullName, "heartbeat-keys");

    /// <summary>Starts signalling.</summary>
    public static async Task<LocalFleet> StartAsync()
    {
        var fleet = new LocalFleet();
        await File.WriteAllTextAsync(fleet.Keys, "a key of heartbeats that this scenario alone has\n");
        fleet.Service = await LocalService.StartAsync(
            "--signalling:embeddedRelay", "false",
            "--signalling:relays:heartbeatKeysFile", fleet.Keys,
            "--signalling:relays:heartbeatListen", $"http://127.0.0.1:{fleet._heartbeats}",
            "--signalling:relays:admitAtOnce", "true");
        return fleet;
    }

    /// <summary>Starts a relay and waits until signalling hands it out.</summary>
    public async Task<FleetRelay> AddAsync(string name)
    {
        var port = FreePorts.Take();
        var url = $"turn:127.0.0.1:{port}?transport=udp";
        var settings = Path.Combine(_folder.FullName, $"{name}.json");
        await File.WriteAllTextAsync(settings, SettingsJson.Render(
            new RelayOptions
            {
                Realm = Service.Plan.Relay.Realm,
                Listeners = [new() { Transport = "udp", Address = "127.0.0.1", Port = port }],
                Addresses = [new() { Address = "127.0.0.1" }],
                Ports = "61000-65535",
                Secrets = Service.Plan.Relay.Secrets,
                AllowPeers = Service.Plan.Relay.AllowPeers,
                AllowHostPeers = Service.Plan.Relay.AllowHostPeers,
                Shards = 1,
                // A busy machine's browsers take their time to move; who does not wait for the end ends it (KillAsync).
                DrainDeadline = TimeSpan.FromMinutes(3),
                Heartbeat = new()
                {
                    Urls = [$"http://127.0.0.1:{_heartbeats}"],
                    KeysFile = Keys,
                    Id = name,
                    StunUrls = [$"stun:127.0.0.1:{port}"],
                    TurnUrls = [url],
                    Interval = TimeSpan.FromSeconds(1),
                },
            },
            null));
        var relay = new FleetRelay(url, port, Services.Program("relay"), settings);
        _relays.Add(relay);
        await UntilAsync($"\"usable\":{_relays.Count(one => !one.IsAsked)}");
        return relay;
    }

    /// <summary>What clients have of a relay, as it tells its operator.</summary>
    public async Task<RelayUse?> UseOfAsync(FleetRelay relay)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var client = await TurnClient.ConnectAsync(
            new() { Server = new(IpAddress.Parse("127.0.0.1"), (ushort)relay.Port), Credentials = Operator }, patience.Token);
        return await client.UseAsync(patience.Token);
    }

    /// <summary>Waits as an update does before it takes an old relay down.</summary>
    /// <returns>The last line that the wait printed.</returns>
    public async Task<string> WaitAsUpdatesDoAsync(FleetRelay relay)
    {
        var last = "";
        await OldRelays.WaitAsync(
            new([IPAddress.Loopback], [relay.Url], [Operator], TimeSpan.FromMinutes(2)),
            (line, _) => last = line);
        return last;
    }

    /// <summary>Waits until signalling reports this of its relays.</summary>
    private async Task UntilAsync(string report)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri(Service.Plan.Address, "healthz/relays"), patience.Token);
            if ((await answer.Content.ReadAsStringAsync(patience.Token)).Contains(report, StringComparison.Ordinal)) return;
            await tick.WaitForNextTickAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays) await relay.DisposeAsync();
        await Service.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>A relay of <see cref="LocalFleet"/>.</summary>
internal sealed class FleetRelay(string url, int port, string program, string settings) : IAsyncDisposable
{
    private readonly RunningProgram _program = RunningProgram.Start(program, ["--settings", settings]);

    /// <summary>The URL that pages get.</summary>
    public string Url => url;

    /// <summary>Its port.</summary>
    public int Port => port;

    /// <summary>Whether it was asked to stop.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Asks it to stop, as systemd does.</summary>
    public void Ask()
    {
        IsAsked = true;
        _program.Terminate();
    }

    /// <summary>Whether it ended allocations that were still in use.</summary>
    public bool HasCutOff => _program.Output.Contains("remaining allocations", StringComparison.Ordinal);

    /// <summary>Ends it now, whatever still uses it.</summary>
    public Task KillAsync() => _program.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _program.DisposeAsync();
    }
}
