using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Services;

namespace Causeway.Ops.Tests.Check;

/// <summary>An environment started by <c>ops up</c> for the tests of a class, and other services to break.</summary>
public sealed partial class RunningEnvironment : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Run> _runs = [];

    public string Address { get; private set; } = "";

    public string TurnUrl { get; private set; } = "";

    public string Secret { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var up = Start(Programs.Ops, "up", "--port", "0", "--relay-port", "0", "--out", _folder.Path);
        await up.WaitForOutput(text => text.Contains("Press Ctrl-C to stop.", StringComparison.Ordinal));
        Address = OpenLine().Match(up.Output).Groups["url"].Value;

        using var settings = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("settings.json")));
        var ice = settings.RootElement.GetProperty("signalling").GetProperty("ice");
        (TurnUrl, Secret) = (ice.GetProperty("turnUrls")[0].GetString()!, ice.GetProperty("secrets")[0].GetString()!);
    }

    /// <summary>Starts a signalling service with one TURN URL.</summary>
    /// <returns>Its address.</returns>
    internal async Task<string> SignallingFor(string turnUrl, string secret, SelfMadePair? tls = null, string listener = "127.0.0.1")
    {
        var file = _folder.At($"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, SettingsJson.Render(relay: null, new()
        {
            Listen = [$"{(tls is null ? "http" : "https")}://{listener}:0"],
            CertificateFile = tls?.ChainFile,
            CertificateKeyFile = tls?.KeyFile,
            Ice = new() { TurnUrls = [turnUrl], Secrets = [secret] },
        }));
        var run = Start(Programs.Signalling, "--settings", file);
        await run.WaitForOutput(text => ListeningLine().IsMatch(text));
        var address = ListeningLine().Match(run.Output).Groups["url"].Value;
        await WaitUntilHealthyAsync(address);
        return address;
    }

    // Its health check waits two seconds for a room, which isn't enough on a busy machine.
    private static async Task WaitUntilHealthyAsync(string address)
    {
        using var any = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var http = new HttpClient(any);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await http.GetAsync(new Uri(new(address), "healthz"), patience.Token)).IsSuccessStatusCode)
        {
            // The request took two seconds.
        }
    }

    /// <summary>Starts a relay with TLS and <see cref="Secret"/>.</summary>
    /// <returns>Its TURN URL.</returns>
    internal async Task<string> RelayOverTls(SelfMadePair tls, string listener = "127.0.0.1")
    {
        var file = _folder.At($"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, SettingsJson.Render(new()
        {
            Listeners = [new() { Transport = "tls", Address = listener, Port = 0 }],
            Addresses = [new() { Address = "127.0.0.1" }],
            AllowPeers = ["127.0.0.0/8"],
            CertificateFile = tls.ChainFile,
            CertificateKeyFile = tls.KeyFile,
            Secrets = [Secret],
        }, signalling: null));
        var run = Start(Programs.Relay, "--settings", file);
        await run.WaitForOutput(text => text.Contains("Ready: ", StringComparison.Ordinal));
        return $"turns:{listener}:{TlsLine().Match(run.Output).Groups["port"].Value}?transport=tcp";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.Signal("TERM");
            await run.WaitForExit();
            await run.DisposeAsync();
        }
        _folder.Dispose();
    }

    private Run Start(string assembly, params string[] arguments)
    {
        var run = Run.Start("dotnet", [assembly, .. arguments]);
        _runs.Add(run);
        return run;
    }

    [GeneratedRegex(@"^  Open\s+(?<url>\S+)$", RegexOptions.Multiline)]
    private static partial Regex OpenLine();

    [GeneratedRegex(@"Listening on (?<url>https?://\S+)")]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"Listening on Tls [0-9.]+:(?<port>\d+)")]
    private static partial Regex TlsLine();
}

/// <summary>PEM files of a certificate and its key.</summary>
internal sealed record SelfMadePair(string ChainFile, string KeyFile);
