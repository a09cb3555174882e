using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Causeway.Signalling.Tests.Service;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Tests;

/// <summary>The program as somebody starts it: a process of its own.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("causeway-run-").FullName;

    public void Dispose() => Directory.Delete(_elsewhere, recursive: true);

    [Fact]
    public async Task A_port_in_use_is_one_line_and_no_stack_trace()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        using var run = Start("--signalling:listen:0", $"http://127.0.0.1:{port}");
        var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"signalling.listen: http://127.0.0.1:{port} is in use by another program; stop it, or listen on another port\n", errors);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line => WorseThanInformation().IsMatch(line) && !LogLines.IsOfABusyMachine(line));
    }

    [Fact]
    public async Task Mistakes_in_the_settings_are_a_line_each()
    {
        using var run = Start("--signalling:limits:roomMembers", "1", "--signalling:origins:0", "nowhere");
        var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            ["signalling.origins[0]", "signalling.limits.roomMembers"], errors.TrimEnd().Split('\n').Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task From_another_folder_it_serves_its_pages_and_a_signal_stops_it_quietly(string signal)
    {
        using var run = Start("--signalling:listen:0", "http://127.0.0.1:0");
        var address = await AddressAsync(run);
        using var http = new HttpClient { BaseAddress = address };
        Assert.Contains(
            "<!doctype html>", await http.GetStringAsync("/r/tea", TestContext.Current.CancellationToken),
            StringComparison.OrdinalIgnoreCase);

        using var kill = Process.Start("kill", ["-s", signal, $"{run.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(errors);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line => WorseThanInformation().IsMatch(line) && !LogLines.IsOfABusyMachine(line));
    }

    [Fact]
    public async Task Systemd_is_told_when_it_serves_and_when_it_stops()
    {
        var path = Path.Combine(_elsewhere, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        using var run = Start([("NOTIFY_SOCKET", path)], "--signalling:listen:0", "http://127.0.0.1:0");

        Assert.Equal("READY=1", await ReceiveAsync());
        await AddressAsync(run);
        using (var kill = Process.Start("kill", [$"{run.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("STOPPING=1", await ReceiveAsync());
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        async Task<string> ReceiveAsync()
        {
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(
                buffer, 0,
                await systemd.ReceiveAsync(buffer, SocketFlags.None, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task A_hangup_has_the_settings_read_again_and_ends_nothing()
    {
        var relay = FreePorts.Take();
        var settings = Path.Combine(_elsewhere, "settings.json");
        Write("a secret of both sides", 5, "00:00:30");
        using var run = Start("--settings", settings, "--environment", "Development");
        try
        {
            var address = await AddressAsync(run);
            using var socket = await TestClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri);
            await socket.HelloAsync("tea");
            await using var before = await AllocateAsync(socket);

            Write("a secret of the next rotation", 6, "00:00:40");
            await HangUpAsync();
            await LineAsync(run, "Settings reloaded; changed: relay.secrets[0], relay.quotas.allocations, the secrets (1)");
            await LineAsync(run, "Settings that changed and need a restart: signalling.limits.idleTimeout");
            await before.RefreshAsync(cancellation: TestContext.Current.CancellationToken);
            using var later = await TestClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri);
            await later.HelloAsync("tea");
            await using var after = await AllocateAsync(later);

            File.WriteAllText(settings, "{ oops");
            await HangUpAsync();
            await LineAsync(run, "Settings were read again and are refused as a whole");
            await before.RefreshAsync(cancellation: TestContext.Current.CancellationToken);
        }
        finally
        {
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        void Write(string secret, int allocations, string idleTimeout) => File.WriteAllText(settings, $$"""
            {
              "signalling": {
                "listen": ["http://127.0.0.1:0"], "embeddedRelay": true, "limits": { "idleTimeout": "{{idleTimeout}}" },
                "ice": { "turnUrls": ["turn:127.0.0.1:{{relay}}?transport=udp"], "secrets": ["{{secret}}"] } },
              "relay": {
                "listeners": [{ "address": "127.0.0.1", "port": {{relay}} }], "addresses": [{ "address": "127.0.0.1" }],
                "ports": "61000-65535",
                "secrets": ["{{secret}}"], "quotas": { "allocations": {{allocations}} } }
            }
            """);

        async Task HangUpAsync()
        {
            using var kill = Process.Start("kill", ["-s", "HUP", $"{run.Id}"]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        async Task<TurnClient> AllocateAsync(TestClient client)
        {
            var turn = client.Welcomed.IceServers.Single(server => server.Username is not null);
            var made = await TurnClient.ConnectAsync(
                new()
                {
                    Server = TransportAddress.Parse($"127.0.0.1:{relay}"),
                    Credentials = new(turn.Username!, turn.Credential!),
                    AutoRefresh = false,
                },
                TestContext.Current.CancellationToken);
            await made.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
            return made;
        }
    }

    // Not even on loopback: a client that reaches the rooms directly bypasses every check.
    [Fact]
    public async Task It_opens_no_other_port_than_the_one_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "which process has which port is read from /proc");
        using var run = Start("--signalling:listen:0", "http://127.0.0.1:0");
        try
        {
            var address = await AddressAsync(run);

            Assert.Equal([address.Port], ListeningPorts(run.Id));
        }
        finally
        {
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private Process Start(params string[] args) => Start([], args);

    private Process Start((string Name, string Value)[] environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "causeway-signalling.dll"), .. args])
        {
            WorkingDirectory = _elsewhere,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("CAUSEWAY_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task LineAsync(Process run, string holds)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (await run.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Contains(holds, StringComparison.Ordinal)) return;
        }

        throw new InvalidOperationException($"ended without saying '{holds}'");
    }

    private static async Task<Uri> AddressAsync(Process run)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (await run.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (ListeningOn().Match(line) is { Success: true } match) return new(match.Groups["url"].Value);
        }

        throw new InvalidOperationException($"ended without listening: {await run.StandardError.ReadToEndAsync(deadline.Token)}");
    }

    // The sockets of the process, looked up by inode among those of the machine that listen (state 0A; proc(5)).
    private static IEnumerable<int> ListeningPorts(int process)
    {
        var inodes = Directory.GetFiles($"/proc/{process}/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "")
            .Where(link => link.StartsWith("socket:[", StringComparison.Ordinal)).Select(link => link[8..^1]).ToHashSet();
        return new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == "0A" && inodes.Contains(fields[9]))
            .Select(fields => Convert.ToInt32(fields[1][(fields[1].LastIndexOf(':') + 1)..], 16)).Order();
    }

    [GeneratedRegex(@"Listening on (?<url>https?://\S+)")]
    private static partial Regex ListeningOn();

    [GeneratedRegex("(warn|fail|crit): ")]
    private static partial Regex WorseThanInformation();
}
