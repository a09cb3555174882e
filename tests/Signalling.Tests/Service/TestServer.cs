using System.Collections.Concurrent;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Signalling.Tests.Service;

/// <summary>The real service on a port of the system's choice, with a clock that only the test moves.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Secret = "a secret of the tests";

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ConcurrentBag<TestClient> _clients = [];

    private readonly string[] _args;

    private TestServer(WebApplication app, FakeTimeProvider clock, LogLines log, string[] args) =>
        (App, Clock, Log, _args) = (app, clock, log, args);

    public WebApplication App { get; }

    public FakeTimeProvider Clock { get; }

    public LogLines Log { get; }

    public Uri Address => new(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public Uri WebSocketAddress =>
        new UriBuilder(Address) { Scheme = Address.Scheme == "https" ? "wss" : "ws", Path = SignallingProtocol.Path }.Uri;

    /// <summary>
    /// Starts the service with settings as on the command line: "limits:roomMembers", "3"; those of the embedded relay begin with "relay:",
    /// and there is "environment".
    /// </summary>
    public static Task<TestServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(_ => { }, settings);

    /// <summary>Starts the service with other services in the place of some.</summary>
    public static Task<TestServer> StartAsync(Action<IServiceCollection> replace, params (string Key, string Value)[] settings) =>
        StartAsync(new FakeTimeProvider(Start), replace, settings);

    /// <summary>Starts the service with the clock of another one that ran before it.</summary>
    public static async Task<TestServer> StartAsync(
        FakeTimeProvider clock, Action<IServiceCollection> replace, params (string Key, string Value)[] settings)
    {
        var log = new LogLines();
        string[] args =
        [
            "--environment=Development",
            "--signalling:listen:0=http://127.0.0.1:0",
            "--signalling:ice:stunUrls:0=stun:127.0.0.1:3478",
            "--signalling:ice:turnUrls:0=turn:127.0.0.1:3478?transport=udp",
            $"--signalling:ice:secrets:0={Secret}",
            // All clients of a test have one address, and its clock stands still.
            "--signalling:limits:joinsPerAddress=100000",
            .. settings.Select(Argument),
        ];
        var app = Program.Build(args, services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
            replace(services);
        });
        await app.StartListeningAsync();
        return new(app, clock, log, args);
    }

    /// <summary>Connects a client that has said nothing yet.</summary>
    public async Task<TestClient> ConnectAsync(string? origin = null, params string[] subprotocols)
    {
        var client = await TestClient.ConnectAsync(WebSocketAddress, origin, subprotocols);
        _clients.Add(client);
        return client;
    }

    /// <summary>Connects a client and has it join a room.</summary>
    public async Task<TestClient> JoinAsync(string room, string? name = null)
    {
        var client = await ConnectAsync();
        await client.HelloAsync(room, name);
        return client;
    }

    /// <summary>The session of a member.</summary>
    public Session SessionOf(TestClient client)
    {
        Assert.True(App.Services.GetRequiredService<SessionDirectory>().TryFind(client.Member, out var session));
        return session;
    }

    /// <summary>Waits until the service has seen that the member's connection is gone.</summary>
    public Task AwayAsync(TestClient client)
    {
        var session = SessionOf(client);
        return EventuallyAsync(() => !session.IsAttached, "the loss of a connection");
    }

    /// <summary>Waits for something that happens after what the test did, on another thread.</summary>
    public static Task EventuallyAsync(Func<bool> holds, string what) => EventuallyAsync(() => Task.FromResult(holds()), what);

    /// <inheritdoc cref="EventuallyAsync(Func{bool}, string)"/>
    public static async Task EventuallyAsync(Func<Task<bool>> holds, string what)
    {
        for (var deadline = Environment.TickCount64 + 60_000; !await holds(); await Task.Delay(10, TestContext.Current.CancellationToken))
            Assert.True(Environment.TickCount64 < deadline, $"{what} did not happen");
    }

    /// <summary>Has the service read its settings again, where some are others now, as on SIGHUP.</summary>
    public void Reload(params (string Key, string Value)[] changed) =>
        ActivatorUtilities.CreateInstance<SettingsReload>(App.Services, [(string[])[.. _args, .. changed.Select(Argument)]]).Run();

    private static string Argument((string Key, string Value) setting) =>
        $"--{(IsTopLevel(setting.Key) ? "" : "signalling:")}{setting.Key}={setting.Value}";

    private static bool IsTopLevel(string key) => key == "environment" || key.StartsWith("relay:", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
    }
}
