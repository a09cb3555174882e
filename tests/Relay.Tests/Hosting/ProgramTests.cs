using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests.Hosting;

/// <summary>The executable as a user or systemd runs it.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("causeway-").FullName;

    [Fact]
    public async Task Settings_come_from_file_environment_and_command_line_and_the_later_one_wins()
    {
        var settings = Write(
            "settings.json", $$"""{ "relay": { "realm": "", "shards": -1, "secrets": ["{{TestRelay.Secret}}"], "ports": "x" } }""");
        using var relay = Start(
            ["--settings", settings, "--relay:ports", "z", "--relay:listeners:0:port", "0"],
            ("CAUSEWAY_RELAY__SHARDS", "-2"),
            ("CAUSEWAY_RELAY__PORTS", "y"));

        Assert.Equal(1, await relay.ExitAsync());
        Assert.Equal(
            """
            relay.realm: has 0 characters; write 1 to 127
            relay.ports: 'z' is not a range of ports; write first and last, as 49152-65535
            relay.shards: -2 is out of range; write 1 to 256, or 0 for one per processor

            """,
            relay.Errors);
    }

    [Fact]
    public async Task A_value_of_the_wrong_kind_hides_no_other_mistake()
    {
        using var relay = Start(
            [
                "--relay:secrets:0", TestRelay.Secret, "--relay:listeners:0:address", "127.0.0.1", "--relay:shards", "many",
                "--relay:ports", "9-8",
            ]);

        Assert.Equal(1, await relay.ExitAsync());
        Assert.Equal(["relay.shards", "relay.ports"], relay.Errors.TrimEnd().Split('\n').Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData("--settings", "nowhere.json", "--settings: nowhere.json does not exist; check its path")]
    [InlineData("--relya:realm", "x", "--relya: is not an option of the relay; use --settings FILE and --relay:KEY VALUE")]
    public async Task A_slip_on_the_command_line_is_said(string key, string value, string mistake)
    {
        using var relay = Start([key, value]);
        Assert.Equal(1, await relay.ExitAsync());
        Assert.Contains(mistake + "\n", relay.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", relay.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_settings_file_is_said_with_its_place()
    {
        using var relay = Start(["--settings", Write("broken.json", "{ \"relay\": {\n oops")]);
        Assert.Equal(1, await relay.ExitAsync());
        Assert.Matches(@"--settings: .*broken.json cannot be read; .*LineNumber: 1", relay.Errors);
        Assert.DoesNotContain("   at ", relay.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_ends_with_one_line_and_code_1()
    {
        await using var other = await TestRelay.StartAsync();
        using var relay = Start(
            [
                "--relay:secrets:0", TestRelay.Secret, "--relay:listeners:0:address", "127.0.0.1",
                "--relay:listeners:0:port", $"{other.Endpoint().Port}", "--relay:ports", "20000-20001",
            ]);

        Assert.Equal(1, await relay.ExitAsync());
        Assert.Equal(
            $"udp 127.0.0.1:{other.Endpoint().Port}: the port is in use by another program; stop it or use another port\n", relay.Errors);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_it_gracefully(string signal)
    {
        using var relay = Start(
            ["--relay:secrets:0", TestRelay.Secret, "--relay:listeners:0:address", "127.0.0.1", "--relay:listeners:0:port", "0"]);
        await relay.LineAsync(Started());

        await relay.SignalAsync(signal);

        Assert.Equal(0, await relay.ExitAsync());
        await relay.LineAsync(Stopped());
        Assert.Empty(relay.Errors);
    }

    [Fact]
    public async Task Systemd_is_told_when_it_is_ready_and_when_it_stops()
    {
        var path = Path.Combine(_folder, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        using var relay = Start(
            ["--relay:secrets:0", TestRelay.Secret, "--relay:listeners:0:address", "127.0.0.1", "--relay:listeners:0:port", "0"],
            ("NOTIFY_SOCKET", path));

        Assert.Equal("READY=1", await ReceiveAsync());
        await relay.SignalAsync("TERM");
        Assert.Equal("STOPPING=1", await ReceiveAsync());
        Assert.Equal(0, await relay.ExitAsync());

        async Task<string> ReceiveAsync()
        {
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(buffer, 0, await systemd.ReceiveAsync(buffer, SocketFlags.None, Deadline.Token));
        }
    }

    [Fact]
    public async Task A_hangup_has_the_settings_read_again_and_ends_nothing()
    {
        var notify = Path.Combine(_folder, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(notify));
        var port = FreePorts.Take();
        var settings = Settings(TestRelay.Secret, 2);
        using var relay = Start(["--settings", settings], ("NOTIFY_SOCKET", notify));
        Assert.Equal("READY=1", await ReceiveAsync());
        await using var client = await ConnectAsync(TestRelay.Secret);
        await client.AllocateAsync(cancellation: Deadline.Token);

        // Another secret, and capacity for two more.
        Settings("a secret of the next rotation", 3);
        await relay.SignalAsync("HUP");
        await relay.LineAsync(Reloaded());
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await ReceiveAsync(), StringComparison.Ordinal);
        Assert.Equal("READY=1\nSTATUS=Settings reloaded", await ReceiveAsync());
        await client.RefreshAsync(cancellation: Deadline.Token);
        await using var next = await ConnectAsync("a secret of the next rotation");
        await next.AllocateAsync(cancellation: Deadline.Token);

        // Invalid settings change nothing and are reported.
        File.WriteAllText(settings, "{ oops");
        await relay.SignalAsync("HUP");
        Assert.Contains("cannot be read", await relay.LineAsync(Refused()), StringComparison.Ordinal);
        await ReceiveAsync();
        Assert.Equal("READY=1\nSTATUS=Settings not reloaded; see the log", await ReceiveAsync());
        await client.RefreshAsync(cancellation: Deadline.Token);
        await client.ReleaseAsync(Deadline.Token);
        await next.ReleaseAsync(Deadline.Token);

        await relay.SignalAsync("TERM");
        Assert.Equal(0, await relay.ExitAsync());

        string Settings(string secret, int allocations) => Write("settings.json", $$"""
            { "relay": {
              "realm": "tests.example", "secrets": ["{{secret}}"], "quotas": { "allocations": {{allocations}} },
              "listeners": [{ "address": "127.0.0.1", "port": {{port}} }], "addresses": [{ "address": "127.0.0.1" }],
              "drainDeadline": "00:00:00" } }
            """);

        Task<TurnClient> ConnectAsync(string secret) => TurnClient.ConnectAsync(
            new()
            {
                Server = TransportAddress.Parse($"127.0.0.1:{port}"),
                Credentials = TestRelay.Credentials(secret: secret),
                AutoRefresh = false,
            },
            Deadline.Token);

        async Task<string> ReceiveAsync()
        {
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(buffer, 0, await systemd.ReceiveAsync(buffer, SocketFlags.None, Deadline.Token));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static RelayProcess Start(string[] arguments, params (string Name, string Value)[] environment) => new(arguments, environment);

    [GeneratedRegex("Settings reloaded; changed")]
    private static partial Regex Reloaded();

    [GeneratedRegex("Settings not reloaded")]
    private static partial Regex Refused();

    [GeneratedRegex("Started with")]
    private static partial Regex Started();

    [GeneratedRegex("\"Message\":\"Stopped\"")]
    private static partial Regex Stopped();
}
