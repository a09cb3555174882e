using Causeway.Relay.Settings;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Signalling.Tests.Hosting;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("causeway-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var lines = Mistakes("""
            {
              "signalling": {
                "listen": ["ftp://127.0.0.1", "https://0.0.0.0:8443", "http://example.org:80"],
                "origins": ["call.example.org", "https://call.example.org/page"],
                "proxies": ["10.0.0.0/24", "proxy.example.org"],
                "ice": {
                  "turnUrls": ["turn:relay.example.org:3478", "http://relay.example.org"], "stunUrls": ["relay.example.org"],
                  "credentialLifetime": "00:00:01"
                },
                "limits": { "keptBytes": 70000, "joinsPerAddress": 0, "roomMembers": 1, "messageBytes": "many", "pingInterval": "soon",
                  "colour": "red" },
                "embeddedRelay": true,
                "Listem": 7
              }
            }
            """);

        foreach (var part in new[]
        {
            "signalling.listen[0]: 'ftp://127.0.0.1' is not a URL",
            "signalling.listen[2]: 'http://example.org:80' names a host",
            "signalling.certificateFile: missing, but signalling.listen has an https URL",
            "signalling.origins[0]: 'call.example.org' is not an origin",
            "signalling.origins[1]: 'https://call.example.org/page' is not an origin",
            "signalling.proxies[1]: 'proxy.example.org' is not an address",
            "signalling.ice.turnUrls[1]: 'http://relay.example.org' is not a TURN URL",
            "signalling.ice.stunUrls[0]: 'relay.example.org' is not a STUN URL",
            "signalling.ice.secrets: missing",
            "signalling.ice.credentialLifetime: 00:00:01 is not between",
            "signalling.limits.keptBytes: 70000 is less than keptBytesPerAddress, 8388608",
            "signalling.limits.joinsPerAddress: 0 is not between",
            "signalling.limits.roomMembers: 1 is not between 2 and",
            "signalling.limits.messageBytes: many is not a whole number",
            "signalling.limits.pingInterval: soon is not a duration",
            "signalling.limits.colour: is not a setting; the settings are roomMembers, messageBytes",
            "signalling.embeddedRelay: allowed only in the Development environment",
            "signalling.listem: is not a setting; did you mean listen?",
        })
            Assert.Contains(lines, line => line.StartsWith(part, StringComparison.Ordinal));
        // Embedding a relay has its own settings looked at too.
        Assert.Equal(18, lines.Count(line => line.StartsWith("signalling.", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("relay.listeners: is empty", StringComparison.Ordinal));
    }

    [Fact]
    public void The_defaults_are_right() => Assert.Empty(SignallingOptionsValidator.Mistakes(new(), development: false));

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = Write(
            """{ "signalling": { "limits": { "roomMembers": 3, "rooms": 3, "sessions": 3 }, "listen": ["http://127.0.0.1:1"] } }""");
        Environment.SetEnvironmentVariable("CAUSEWAY_SIGNALLING__LIMITS__ROOMS", "4");
        Environment.SetEnvironmentVariable("CAUSEWAY_SIGNALLING__LIMITS__SESSIONS", "4");
        try
        {
            var settings = SettingsSources.Load(["--settings", file, "--signalling:limits:sessions", "5"]);
            var mistakes = new List<string>();
            var options = SettingsReader.Read<SignallingOptions>(settings, SignallingOptions.Section, mistakes);

            Assert.Empty(mistakes);
            Assert.Equal((3, 4, 5), (options.Limits.RoomMembers, options.Limits.Rooms, options.Limits.Sessions));
            Assert.Equal(["http://127.0.0.1:1"], options.Listen);
            Assert.Equal(new SignallingLimitOptions().MessageBytes, options.Limits.MessageBytes);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CAUSEWAY_SIGNALLING__LIMITS__ROOMS", null);
            Environment.SetEnvironmentVariable("CAUSEWAY_SIGNALLING__LIMITS__SESSIONS", null);
        }
    }

    [Fact]
    public void A_settings_file_that_is_missing_or_broken_is_named()
    {
        Assert.Contains(
            "nowhere.json does not exist", Fails("--settings", Path.Combine(_folder, "nowhere.json")), StringComparison.Ordinal);
        Assert.Contains("is not valid JSON", Fails("--settings", Write("{ \"signalling\": ")), StringComparison.Ordinal);
        Assert.Contains("--sinalling: unknown setting", Fails("--sinalling:listen:0", "http://127.0.0.1:1"), StringComparison.Ordinal);

        static string Fails(params string[] args) => Assert.Throws<StartException>(() => SettingsSources.Load(args)).Message;
    }

    [Fact]
    public void A_secrets_file_is_checked_and_what_stands_in_it_never_said()
    {
        var empty = Write(" \n");
        Assert.Contains(
            Ice(empty),
            line => line == $"signalling.ice.secretsFile: {empty} is empty; put one secret on each line, the current one first");
        Assert.Contains(
            Ice(empty + "x"), line => line.StartsWith($"signalling.ice.secretsFile: {empty}x cannot be read", StringComparison.Ordinal));
        Assert.Empty(Ice(Write("a secret\n")));

        static IEnumerable<string> Ice(string file) =>
            SignallingOptionsValidator.Mistakes(
                new() { Ice = new() { SecretsFile = file, TurnUrls = ["turn:127.0.0.1"] } }, development: false);
    }

    [Fact]
    public void What_a_fleet_needs_is_said_with_the_rest()
    {
        var keys = Write("a key that is long enough for heartbeats\n");
        Assert.Equal(
            ["signalling.ice.secrets", "signalling.relays.heartbeatListen", "signalling.relays.admissionKeysFile"],
            Relays(new() { HeartbeatKeysFile = keys }));
        Assert.Equal(["signalling.relays.heartbeatKeysFile"], Relays(new() { HeartbeatListen = "http://127.0.0.1:9479" }));
        string[] urls = ["http://0.0.0.0:9479", "http://*:9479", "https://127.0.0.1:9479", "127.0.0.1:9479", "http://192.0.2.1:9479"];
        foreach (var url in urls)
        {
            Assert.Contains(
                "signalling.relays.heartbeatListen", Relays(new() { HeartbeatKeysFile = keys, AdmitAtOnce = true, HeartbeatListen = url }));
        }

        Assert.Contains("signalling.relays.admitAtOnce", Relays(new() { AdmissionKeysFile = keys, AdmitAtOnce = true }));
        Assert.Contains("signalling.relays.heartbeatKeysFile", Relays(new() { HeartbeatKeysFile = Write("short\n") }));
        Assert.Equal(
            ["signalling.relays.generation", "signalling.relays.timeout", "signalling.relays.movesPerSecond"],
            Relays(new() { Generation = "a b", Timeout = TimeSpan.Zero, MovesPerSecond = 0 }));

        static IEnumerable<string> Relays(RelayFleetOptions relays) =>
            SignallingOptionsValidator.Mistakes(new() { Relays = relays }, development: false).Select(mistake => mistake.Split(':')[0]);
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_is_named()
    {
        var (certificate, key) = (Write("no certificate"), Write("no key"));

        var failure = Assert.Throws<StartException>(() => Program.Build(
        [
            "--signalling:listen:0=https://127.0.0.1:0", $"--signalling:certificateFile={certificate}",
            $"--signalling:certificateKeyFile={key}",
        ]));

        Assert.StartsWith($"signalling.certificateFile: {certificate}", failure.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Mistakes(string json) =>
        Assert.Throws<StartException>(() => Program.Build(["--settings", Write(json)])).Lines;

    private string Write(string text)
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(file, text);
        return file;
    }

    [Fact]
    public void The_relays_default_quota_leaves_room_for_the_default_room() =>
        Assert.Equal(RelayQuotaOptions.ForRoom(new SignallingLimitOptions().RoomMembers), new RelayQuotaOptions().AllocationsPerSubject);
}
