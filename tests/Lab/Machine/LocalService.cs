using System.Security.Cryptography;
using System.Text;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;
using Causeway.Lab.Network;

namespace Causeway.Lab.Machine;

/// <summary>
/// The product as <c>script/up</c> runs it: the signalling program with the relay in its own process, with the settings that the local plan
/// renders, on ports of its own.
/// </summary>
internal sealed class LocalService : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _before = new();
    private readonly string _settingsFile;
    private readonly string[] _arguments;
    private RunningProgram _program;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private LocalService(LocalPlan plan, Uri admin, string settingsFile, string[] arguments)
    {
        (Plan, Admin, _settingsFile, _arguments) = (plan, admin, settingsFile, arguments);
        _program = Run();
    }

    /// <summary>The plan of this run.</summary>
    public LocalPlan Plan { get; }

    /// <summary>Where the relay serves its health and metrics.</summary>
    public Uri Admin { get; }

    /// <summary>What the program printed, before it was started again too.</summary>
    public string Log => $"{_before}{_program.Output}";

    /// <summary>A link to a room; with <c>?relay</c> when all media has to go through the relay.</summary>
    public string Room(string room, bool relayOnly = false) => Plan.RoomLink(room) + (relayOnly ? "?relay" : "");

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="arguments">More settings, as <c>--signalling:limits:roomMembers 2</c>.</param>
    public static Task<LocalService> StartAsync(params string[] arguments) => StartAsync([Transport.Udp], _ => arguments);

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="transports">What the relay speaks.</param>
    /// <param name="arguments">More settings, which may depend on the plan.</param>
    public static async Task<LocalService> StartAsync(IReadOnlyList<Transport> transports, Func<LocalPlan, string[]> arguments)
    {
        var admin = FreePorts.Take();
        var plan = LocalPlan.Create(
            new() { Port = FreePorts.Take(), RelayPort = FreePorts.Take(), AdminPort = admin, Transports = transports },
            RandomNumberGenerator.GetBytes(32));
        if (OperatingSystem.IsLinux()) Leftovers.ClearFiles();
        var settings = LabFolders.Temporary("settings.json");
        await WriteOwnFileAsync(settings, plan.SettingsJson);
        var service = new LocalService(plan, new($"http://127.0.0.1:{admin}"), settings, arguments(plan));
        try
        {
            await service.ReadyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it, as a deployment does.</summary>
    public async Task StopAsync()
    {
        _program.Terminate();
        if (!await _program.HasEndedAsync(StopPatience)) await _program.KillAsync();
    }

    /// <summary>Starts it again, with the same settings on the same ports, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        _before.AppendLine(_program.Output);
        await _program.DisposeAsync();
        _program = Run();
        await ReadyAsync();
    }

    /// <summary>The relay's counters as they stand now, in Prometheus text.</summary>
    public Task<string> MetricsAsync() => _http.GetStringAsync(new Uri(Admin, "metrics"));

    public async ValueTask DisposeAsync()
    {
        if (!_program.HasEnded) await StopAsync();
        await _program.DisposeAsync();
        File.Delete(_settingsFile);
        _http.Dispose();
    }

    private RunningProgram Run() => RunningProgram.Start(
        Programs.Executable("signalling"), ["--settings", _settingsFile, .. _arguments],
        new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Development" });

    // It contains secrets: only this user may read it, from the start.
    private static async Task WriteOwnFileAsync(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteAsync(content);
    }

    private async Task ReadyAsync()
    {
        using var patience = new CancellationTokenSource(StartPatience);
        while (!_program.HasEnded && !patience.IsCancellationRequested)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(Plan.Address, "healthz"), patience.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet.
            }

            await _program.HasEndedAsync(TimeSpan.FromMilliseconds(100));
        }

        throw new InvalidOperationException($"The service did not become ready. Its output:{Environment.NewLine}{Log}");
    }
}
