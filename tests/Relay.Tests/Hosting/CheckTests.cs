using System.Text.Json.Nodes;

namespace Causeway.Relay.Tests.Hosting;

/// <summary><c>causeway-relay --check FILE</c>, as an operator runs it.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("causeway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Valid_settings_are_printed_with_defaults_and_without_secrets_and_no_port_is_opened()
    {
        // A start would fail: the port is in use.
        await using var other = await TestRelay.StartAsync();
        using var certificate = new TestCertificate();
        var file = Write("relay.json", $$"""
            {
              // The port of another relay.
              "relay": {
                "listeners": [
                  { "address": "127.0.0.1", "port": {{other.Endpoint().Port}} },
                  { "transport": "tls", "address": "127.0.0.1", "port": 5349 },
                ],
                "ports": "20000-20001",
                "secrets": ["{{TestRelay.Secret}}"],
                "secretsFile": "{{Write("secrets", "a secret in a file\nanother secret in a file\n")}}",
                "users": ["gorst:a password"],
                "certificateFile": "{{certificate.ChainFile}}", "certificateKeyFile": "{{certificate.KeyFile}}",
              }
            }
            """);
        using var relay = new RelayProcess(["--check", file, "--relay:realm", "example.org"], [("CAUSEWAY_RELAY__SHARDS", "3")]);

        Assert.Equal(0, await relay.ExitAsync());
        Assert.Empty(relay.Errors);
        var text = string.Join('\n', await relay.RestAsync());
        Assert.DoesNotContain("secret in a file", text, StringComparison.Ordinal);
        Assert.DoesNotContain(TestRelay.Secret, text, StringComparison.Ordinal);
        var printed = JsonNode.Parse(text)!;
        var settings = printed["relay"]!;
        Assert.Equal("example.org", (string?)settings["realm"]);
        Assert.Equal("""["***"]""", settings["secrets"]!.ToJsonString());
        Assert.Equal(("""["***"]""", 1), (settings["users"]!.ToJsonString(), (int)printed["resolved"]!["users"]!));
        Assert.DoesNotContain("gorst", text, StringComparison.Ordinal);
        Assert.Equal((3, "00:05:00"), ((int)settings["shards"]!, (string?)settings["credentialGrace"]));
        Assert.Equal((2, "tls"), (settings["listeners"]!.AsArray().Count, (string?)settings["listeners"]![1]!["transport"]));
        Assert.Equal((3, "portable"), ((int)printed["resolved"]!["secrets"]!, (string?)printed["resolved"]!["engine"]));
        Assert.NotNull((string?)printed["resolved"]!["certificate"]!["subject"]);
    }

    [Fact]
    public async Task Every_mistake_is_printed_and_the_exit_code_is_1()
    {
        var file = Write("relay.json", """
            {
              "relay": {
                "listners": [],
                "listeners": [{ "transport": "tls", "port": "many" }],
                "secretsFile": "/nowhere/secrets",
                "certificateFile": "/nowhere/chain.pem", "certificateKeyFile": "/nowhere/key.pem",
                "ports": "9-8",
                "lifetimes": { "nonce": "soon" }
              },
              "logging": { "logLevel": { "default": "Loud" } }
            }
            """);
        using var relay = new RelayProcess(["--check", file], []);

        Assert.Equal(1, await relay.ExitAsync());
        Assert.Empty(await relay.RestAsync());
        Assert.Equal(
            [
                "logging.logLevel.default", "relay.certificateFile", "relay.lifetimes.nonce", "relay.listeners[0].port", "relay.listners",
                "relay.ports", "relay.secretsFile",
            ],
            relay.Errors.TrimEnd().Split('\n').Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("relay.listners: is not a setting; did you mean listeners?\n", relay.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_section_is_named_and_one_of_another_program_is_not()
    {
        using var misspelt = new RelayProcess(["--check", Write("relya.json", """{ "relya": { "realm": "x" }, "logging": {} }""")], []);
        using var other = new RelayProcess(
            ["--check", Write("other.json", """{ "signalling": { "x": 1 }, "relays": { "y": 2 }, "relay": { "listeners": [{}] } }""")],
            [("CAUSEWAY_RELAY__SECRETS__0", TestRelay.Secret)]);

        Assert.Equal((1, 0), (await misspelt.ExitAsync(), await other.ExitAsync()));
        Assert.Equal("relya: is not a section of the relay; did you mean relay?\n", misspelt.Errors);
    }

    [Fact]
    public async Task A_start_reports_the_same_mistakes()
    {
        var file = Write("relay.json", """{ "relay": { "realm": "", "shards": -1 }, "logging": { "logLevel": { "default": "Loud" } } }""");
        using var check = new RelayProcess(["--check", file], []);
        using var start = new RelayProcess(["--settings", file], []);

        Assert.Equal((1, 1), (await check.ExitAsync(), await start.ExitAsync()));
        Assert.Equal(start.Errors, check.Errors);
        Assert.Equal(5, check.Errors.TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("--check: has no value; write one behind it", "--check")]
    [InlineData("--check: nowhere.json does not exist; check its path", "--check", "nowhere.json")]
    [InlineData("--check: names the settings file, as --settings does; remove --settings", "--check=a.json", "--settings=b.json")]
    public async Task A_mistake_in_the_command_starts_no_relay(string mistake, params string[] arguments)
    {
        using var relay = new RelayProcess(
            [.. arguments], [("CAUSEWAY_RELAY__SECRETS__0", TestRelay.Secret), ("CAUSEWAY_RELAY__LISTENERS__0__PORT", "0")]);
        Assert.Equal(1, await relay.ExitAsync());
        Assert.Contains(mistake + "\n", relay.Errors, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
