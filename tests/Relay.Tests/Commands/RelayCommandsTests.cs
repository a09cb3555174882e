using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Causeway.Relay.Commands;
using Causeway.Relay.Settings;
using Causeway.Relay.Tests.Hosting;
using Causeway.Turn.Protocol.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Causeway.Relay.Tests.Commands;

/// <summary>The commands for a running relay, as an operator runs them.</summary>
public sealed partial class RelayCommandsTests : IDisposable
{
    private const string Token = "a-token-of-thirty-two-characters";

    private readonly string _folder = Directory.CreateTempSubdirectory("causeway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sessions_are_printed_as_a_table_and_as_json()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        Assert.Equal("0 sessions", (await RunAsync(relay, "sessions")).Output.Split('\n')[^1]);
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));

        var (code, table, _) = await RunAsync(relay, "sessions");

        Assert.Equal(0, code);
        var lines = table.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^id +subject +client +relayed +created +expires +to peers +to client$", lines[0]);
        Assert.Contains($"alice    tcp {client.Local}", lines[1], StringComparison.Ordinal);
        Assert.Contains($"udp {client.Allocation!.Relayed[0]}", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("0 bytes in 0 packets", lines[1], StringComparison.Ordinal);
        Assert.Equal("1 session", lines[2]);
        var json = JsonNode.Parse((await RunAsync(relay, "sessions", "--json")).Output)!;
        Assert.Equal("alice", (string?)Assert.Single(json["sessions"]!.AsArray())!["subject"]);
    }

    [Fact]
    public async Task More_sessions_than_a_page_has_are_all_printed()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        var clients = await Task.WhenAll(Enumerable.Range(0, 510).Select(_ => relay.AllocateAsync()));

        Assert.EndsWith("\n510 sessions", (await RunAsync(relay, "sessions")).Output, StringComparison.Ordinal);

        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Every_change_is_done_and_told()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        await using var alice = await relay.AllocateAsync();
        await using var bob = await relay.AllocateAsync(relay.ClientOptions() with { Credentials = TestRelay.Credentials("bob") });

        Assert.Equal((0, "Draining: new allocations are refused, 2 continue.", ""), await RunAsync(relay, "drain"));
        Assert.True(relay.Host.IsDraining);
        Assert.Equal((0, "Not draining: new allocations are accepted.", ""), await RunAsync(relay, "undrain"));
        Assert.False(relay.Host.IsDraining);
        Assert.Equal(
            (0, "Revoked until 2999-01-31 12:00:00Z; sessions that ended: 1.", ""),
            await RunAsync(relay, "revoke", "alice", "--until", "2999-01-31T12:00:00Z"));
        var sessions = JsonNode.Parse((await RunAsync(relay, "sessions", "--json")).Output)!["sessions"]!.AsArray();
        var id = (string)Assert.Single(sessions)!["id"]!;
        Assert.Equal((0, $"Ended session {id}.", ""), await RunAsync(relay, "end", id));
        Assert.Equal(0, relay.Host.Allocations);
        Assert.Equal((1, "", $"there is no session {id}; it may have ended"), await RunAsync(relay, "end", id));
        Assert.Equal("""{"ended":0}""", Compact((await RunAsync(relay, "revoke", "carol", "--for", "01:00:00", "--json")).Output));
        Assert.Equal("""{"draining":true,"allocations":0}""", Compact((await RunAsync(relay, "drain", "--json")).Output));
        var settings = JsonNode.Parse((await RunAsync(relay, "settings")).Output)!;
        Assert.Equal("tests.example", (string?)settings["relay"]!["realm"]);
    }

    [Fact]
    public async Task The_executable_reloads_its_file_and_its_mistakes_are_told()
    {
        var file = Path.Combine(_folder, "relay.json");
        Write("\"quotas\": { \"allocations\": 50 }");
        using var relay = new RelayProcess(["--settings", file], []);
        var admin = Endpoint().Match(await relay.LineAsync(Endpoint())).Groups["url"].Value;
        await relay.LineAsync(Started());

        Assert.Equal((0, "Changed: nothing.", ""), await RunAsync("reload", "--admin", admin));
        Write("\"quotas\": { \"allocations\": 60 }, \"shards\": 2");
        var expected = "Changed: relay.quotas.allocations.\nNeeds a restart: relay.shards.";
        Assert.Equal((0, expected, ""), await RunAsync("reload", "--admin", admin));
        Assert.Equal(
            """{"changed":[],"needsRestart":["relay.shards"]}""", Compact((await RunAsync("reload", "--admin", admin, "--json")).Output));
        Write("\"ports\": \"9-8\", \"realm\": \"\"");
        expected = "relay.realm: has 0 characters; write 1 to 127\n"
            + "relay.ports: 9-8 is empty; the last port must not be below the first";
        Assert.Equal((1, "", expected), await RunAsync("reload", "--admin", admin));

        void Write(string settings) => File.WriteAllText(file, $$"""
            {
              "relay": {
                "listeners": [{ "address": "127.0.0.1", "port": 0 }], "admin": "127.0.0.1:0", "secrets": ["{{TestRelay.Secret}}"],
                {{settings}}
              }
            }
            """);
    }

    [Fact]
    public async Task A_relay_that_cannot_be_reached_is_said_with_exit_code_2()
    {
        var url = $"http://127.0.0.1:{FreePorts.Take()}";
        var (code, output, errors) = await RunAsync("drain", "--admin", url);
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            $"{url}/: cannot be reached (Connection refused); is the relay running, and is this the address of its relay.admin? "
            + "Name another one with --admin",
            errors);
    }

    [Fact]
    public async Task Another_server_is_told_from_a_relay()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync("<html>"));
        await app.StartAsync(Deadline.Token);

        var (code, _, errors) = await RunAsync("sessions", "--admin", app.Urls.Single());
        Assert.Equal(1, code);
        Assert.Contains("answers 200, but not as a relay's admin interface", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_read_from_its_file_and_a_missing_or_wrong_one_is_said()
    {
        var file = Path.Combine(_folder, "token");
        File.WriteAllText(file, Token + "\n");
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "0.0.0.0:0", adminTokenFile: file));

        Assert.Equal(0, (await RunAsync(relay, "sessions", "--token-file", file)).Code);
        var (code, _, errors) = await RunAsync(relay, "sessions");
        Assert.Equal(1, code);
        Assert.EndsWith("name the token's file with --token-file", errors, StringComparison.Ordinal);
        var wrong = Path.Combine(_folder, "wrong");
        File.WriteAllText(wrong, "another-token-that-no-relay-knows");
        (code, _, errors) = await RunAsync(relay, "drain", "--token-file", wrong);
        Assert.Equal((1, false), (code, errors.Contains("another-token", StringComparison.Ordinal)));
        Assert.False(relay.Host.IsDraining);
    }

    [Theory]
    [InlineData("--admin: 'here' is not a URL; write one without a path, as http://127.0.0.1:9478", "sessions", "--admin", "here")]
    [InlineData("--admin: 'http://127.0.0.1/v1' is not a URL", "sessions", "--admin", "http://127.0.0.1/v1")]
    [InlineData("--token-file: /nowhere/token cannot be read", "sessions", "--token-file", "/nowhere/token")]
    [InlineData("revoke: write either --until TIME or --for DURATION", "revoke", "alice")]
    [InlineData("revoke: write either", "revoke", "alice", "--until", "2999-01-01", "--for", "1:0:0")]
    [InlineData("--until: 'soon' is not a time; write one as 2030-01-31T12:00:00Z", "revoke", "alice", "--until", "soon")]
    [InlineData("--for: '-1:00:00' is not a duration; write hours:minutes:seconds, as 12:00:00", "revoke", "alice", "--for=-1:00:00")]
    [InlineData("--for: '9999999.00:00:00' is not a duration", "revoke", "alice", "--for", "9999999.00:00:00")]
    [InlineData("drain: --quick is not an option; the options are --admin, --token-file and --json", "drain", "--quick")]
    [InlineData("drain: --until is not an option", "drain", "--until", "2999-01-01")]
    [InlineData("drain: 'now' is one argument too many; remove it", "drain", "now")]
    [InlineData("end: ID is missing; write causeway-relay end ID", "end")]
    [InlineData("--admin: has no value; write one behind it", "reload", "--admin")]
    [InlineData("--admin: is written twice; remove one", "reload", "--admin=http://127.0.0.1:1", "--admin", "http://127.0.0.1:2")]
    public async Task A_mistake_in_the_command_is_said(string mistake, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(mistake, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_is_known_to_the_executable_and_in_its_help()
    {
        Assert.Equal(RelayCommandLine.Commands, RelayCommands.All.Keys);
        using var help = new RelayProcess(["--help"], []);
        await help.ExitAsync();
        Assert.All(RelayCommandLine.Commands, name => Assert.Matches($@"causeway-relay .*\b{name}\b", help.Errors));
        Assert.Contains("--until", (await RunAsync("revoke", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_page_work()
    {
        var file = Path.Combine(_folder, "token");
        File.WriteAllText(file, Token + "\n");
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0", adminTokenFile: file));
        relay.Host.Reloading = () => relay.Host.Apply(TestRelay.Options(admin: "127.0.0.1:0", adminTokenFile: file));
        var section = File.ReadAllText(Checkout.At("docs/relay.md")).Split("## The admin interface\n")[1].Split("\n## ")[0];
        var commands = section.Split('\n').Where(line => line.StartsWith("causeway-relay ", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["drain", "reload", "revoke", "sessions", "sessions", "settings", "undrain"],
            commands.Select(command => command.Split(' ')[1]).Order());
        await using var client = await relay.AllocateAsync();

        foreach (var command in commands)
        {
            var words = command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            var (code, _, errors) = await RunAsync(
                [.. Without(words), "--admin", $"http://{relay.Host.Admin}", "--token-file", file]);
            Assert.Equal((0, ""), (code, errors));
        }

        Assert.Equal(0, relay.Host.Allocations);

        // The page names a relay and a file of its own.
        static IEnumerable<string> Without(string[] words) =>
            words.Where((word, at) => !(IsOption(word) || (at > 0 && IsOption(words[at - 1]))));

        static bool IsOption(string word) => word is "--admin" or "--token-file";
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(TestRelay relay, params string[] arguments) =>
        RunAsync([.. arguments, "--admin", $"http://127.0.0.1:{relay.Host.Admin!.Port}"]);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var command = new RelayProcess(arguments, []);
        var code = await command.ExitAsync();
        return (code, string.Join('\n', await command.RestAsync()), command.Errors.TrimEnd());
    }

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();

    [GeneratedRegex("Health and metrics on (?<url>http://[0-9.:]+)")]
    private static partial Regex Endpoint();

    [GeneratedRegex("Started with")]
    private static partial Regex Started();
}
