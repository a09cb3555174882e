using System.Collections.Concurrent;
using Causeway.Relay.Hosting;
using Causeway.Signalling.Relays;
using Causeway.Signalling.Tests.Service;
using Causeway.Turn.Client;
using Causeway.Turn.Fleet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Signalling.Tests.Relays;

/// <summary>
/// The real signalling service and real relays on loopback, with one clock that only the test moves, and key files of their own.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string HeartbeatKey = "the heartbeat key of the tests, long enough";
    public const string AdmissionKey = "the admission key of the tests, long enough";

    /// <summary>What the relays and the service are built around: two heartbeats come in this time at least.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-fleet-");
    private readonly Dictionary<string, RelayHost> _relays = [];
    private readonly HeardRelays _heard = new();
    private readonly (string Key, string Value)[] _settings;
    private readonly int _port = FreePorts.Take();

    private Fleet((string Key, string Value)[] settings)
    {
        File.WriteAllText(Keys("heartbeat"), HeartbeatKey + "\n");
        File.WriteAllText(Keys("admission"), AdmissionKey + "\n");
        _settings =
        [
            ("relays:heartbeatKeysFile", Keys("heartbeat")),
            ("relays:heartbeatListen", $"http://127.0.0.1:{_port}"),
            .. settings.Any(setting => setting.Key == "relays:admitAtOnce")
                ? Array.Empty<(string, string)>()
                : [("relays:admissionKeysFile", Keys("admission"))],
            .. settings,
        ];
    }

    public TestServer Server { get; private set; } = null!;

    public RelayRegistry Registry => Server.App.Services.GetRequiredService<RelayRegistry>();

    /// <summary>Where heartbeats are taken.</summary>
    public Uri Loopback => new($"http://127.0.0.1:{_port}");

    public static async Task<Fleet> StartAsync(params (string Key, string Value)[] settings)
    {
        var fleet = new Fleet(settings);
        fleet.Server = await TestServer.StartAsync(services => services.AddSingleton<IStartupFilter>(fleet._heard), fleet._settings);
        return fleet;
    }

    /// <summary>The service stops and starts again; it remembers nothing.</summary>
    public async Task RestartAsync()
    {
        await Server.DisposeAsync();
        Server = await TestServer.StartAsync(Server.Clock, services => services.AddSingleton<IStartupFilter>(_heard), _settings);
    }

    /// <summary>Starts a relay and waits until it was heard.</summary>
    public async Task<RelayHost> AddAsync(string relay, string generation, int allocations = 100, string ports = "61000-65535")
    {
        var before = Registry.View();
        var port = FreePorts.Take();
        var host = await RelayHost.StartAsync(
            new()
            {
                Realm = "fleet.example",
                Listeners = [new() { Address = "127.0.0.1", Port = port }],
                Addresses = [new() { Address = "127.0.0.1" }],
                Ports = ports,
                Secrets = [TestServer.Secret],
                AllowPeers = ["127.0.0.0/8"],
                Quotas = new() { Allocations = allocations, AllocationsPerSubject = allocations },
                Shards = 1,
                DrainDeadline = TimeSpan.FromMinutes(2),
                Heartbeat = new()
                {
                    Urls = [Loopback.GetLeftPart(UriPartial.Authority)],
                    KeysFile = Keys("heartbeat"),
                    Id = relay,
                    Generation = generation,
                    StunUrls = [$"stun:127.0.0.1:{port}"],
                    TurnUrls = [$"turn:127.0.0.1:{port}?transport=udp"],
                    Interval = Interval,
                },
            },
            NullLoggerFactory.Instance, Server.Clock, TestContext.Current.CancellationToken);
        _relays.Add(relay, host);
        await PassAsync(() => Registry.View().Ready > before.Ready, $"that {relay} was heard as ready");
        return host;
    }

    /// <summary>Closes a relay without a last heartbeat.</summary>
    public ValueTask VanishAsync(RelayHost relay)
    {
        Leaves(relay);
        return relay.DisposeAsync();
    }

    /// <summary>From now on time does not wait for a relay's heartbeats, for it stops.</summary>
    public void Leaves(RelayHost relay) => _relays.Remove(_relays.Single(one => one.Value == relay).Key);

    /// <summary>The URL by which clients are told of a relay.</summary>
    public static string Url(RelayHost relay) => $"turn:127.0.0.1:{relay.ListenEndpoints[0].Address.Port}?transport=udp";

    /// <summary>Lets time pass until what is waited for holds: heartbeats come and go over real sockets meanwhile.</summary>
    public async Task PassAsync(Func<bool> until, string what)
    {
        for (var deadline = Environment.TickCount64 + 120_000; ;)
        {
            // Time for an answer, and on a busy machine more of it, so that the clock does not run ahead of the sockets and make relays
            // seem silent. A heartbeat that went wrong is sent again only as time passes.
            for (var patience = Environment.TickCount64 + 5000; !until() && !IsEverybodyHeard() && Environment.TickCount64 < patience;)
                await Task.Delay(10, TestContext.Current.CancellationToken);
            if (until()) return;
            Assert.True(Environment.TickCount64 < deadline, $"{what} did not happen");
            Server.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    // A relay counts its interval from the answer, which the clock may already have left behind a little.
    private bool IsEverybodyHeard() =>
        _relays.Keys.All(relay => _heard.Last(relay) is { } last && Server.Clock.GetUtcNow() - last < Interval + TimeSpan.FromSeconds(2));

    /// <summary>What the gate does.</summary>
    public async Task<AdmissionAnswer> AdmitAsync(IReadOnlyList<string> generations, string? host = null, string key = AdmissionKey)
    {
        using var http = new HttpClient();
        var body = FleetJson.Write(
            new Admission { Issued = Server.Clock.GetUtcNow().ToUnixTimeMilliseconds(), Generations = generations, Host = host });
        var json = await FleetCall.PostAsync(
            http, Server.Address, Admission.Path, key, body, Admission.MaxBytes, TestContext.Current.CancellationToken);
        Assert.True(FleetJson.TryRead(json, out AdmissionAnswer? answer, out var fault), fault);
        return answer;
    }

    /// <summary>Uses what a client was handed.</summary>
    public static Task<TurnClient> ConnectAsync(RelayHost relay, IReadOnlyList<IceServer> handed)
    {
        var turn = handed.Single(server => server.Username is not null);
        Assert.Contains(Url(relay), turn.Urls);
        return TurnClient.ConnectAsync(
            new() { Server = relay.ListenEndpoints[0].Address, Credentials = new(turn.Username!, turn.Credential!), AutoRefresh = false },
            TestContext.Current.CancellationToken);
    }

    private string Keys(string of) => Path.Combine(_folder.FullName, of);

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays.Values) await relay.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Keeps the time of each relay's last heartbeat that was answered, as the relay wrote it.</summary>
    private sealed class HeardRelays : IStartupFilter
    {
        private readonly ConcurrentDictionary<string, DateTimeOffset> _last = new();

        public DateTimeOffset? Last(string relay) => _last.TryGetValue(relay, out var last) ? last : null;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                if (context.Request.Path == Heartbeat.Path) context.Request.EnableBuffering();
                await rest(context);
                if (context.Request.Path != Heartbeat.Path || context.Response.StatusCode != StatusCodes.Status200OK) return;
                context.Request.Body.Position = 0;
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                if (FleetJson.TryRead(body.ToArray(), out Heartbeat? heartbeat, out _))
                    _last[heartbeat.Relay] = DateTimeOffset.FromUnixTimeSeconds(heartbeat.Time);
            });
            next(app);
        };
    }
}
