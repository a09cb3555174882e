using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Xunit;
using Setting = (string Key, string Value);

namespace Causeway.Tests.Plans;

/// <summary>Plans for tests, of settings that differ in everything that the rules depend on.</summary>
public static class Plans
{
    public const string Root = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    public const string SsmKey = "0123456789ABCDEF0123456789ABCDEF01234567";

    public static IReadOnlyList<Artifact> Artifacts { get; } = [new("relay", new('a', 64)), new("signalling", new('b', 64))];

    public static Dictionary<string, string> Texts(params Setting[] changes)
    {
        var texts = new Dictionary<string, string>
        {
            ["region"] = "eu-central-1",
            ["domain"] = "call.example.org",
            ["hostedZone"] = "example.org",
            ["rootSecret"] = Root,
            ["rotation"] = "2026-11-22",
            ["expires"] = "2026-12-31",
        };
        foreach (var (key, value) in changes)
        {
            if (value.Length == 0) texts.Remove(key);
            else texts[key] = value;
        }
        return texts;
    }

    public static StackSettings Settings(params Setting[] changes) => StackSettingsReader.Read("dev", Texts(changes));

    public static Plan Of(params Setting[] changes) => Planner.Plan(Settings(changes), Artifacts);

    private static readonly Setting[] WithoutDomain = [("domain", ""), ("hostedZone", "")];

    private static readonly Dictionary<string, Setting[]> Spread = new()
    {
        ["demo with a domain"] = [],
        ["demo without a domain"] = WithoutDomain,
        ["production"] = [("stage", "production"), ("expires", ""), ("logRetentionDays", "365"), ("alarmEmail", "ops@example.org")],
        ["IPv4 only"] = [("dualStack", "false")],
        ["IPv4 only without a domain"] = [("dualStack", "false"), .. WithoutDomain],
        ["arm64"] = [("architecture", "arm64"), ("instanceType", "c7g.medium")],
        ["other ports"] = [("turnPort", "5349"), ("turnsPort", "8443"), ("relayPorts", "20000-29999")],
        ["udp only"] = [("transports", "udp")],
        ["shell and no gate"] = [("access", "ssm"), ("ssmAgentKeyFingerprint", SsmKey), ("gate", "off")],
        ["kept certificate"] = [("keepCertificate", "true")],
        ["rotated"] = [("rotation", "2026-11-22/2026-08-01"), ("networkPrefix", "192.168.40.0/24"), ("tags", """{"team":"calls"}""")],
    };

    /// <summary>Plans by name, the plainest first.</summary>
    public static IReadOnlyDictionary<string, Plan> All { get; } = Spread.ToDictionary(plan => plan.Key, plan => Of(plan.Value));

    /// <summary>The same plans for theories; see <see cref="EveryPlanAttribute"/>.</summary>
    public static TheoryData<Plan> Rows => [.. All.Select(plan => new TheoryDataRow<Plan>(plan.Value) { Label = plan.Key })];

    private static readonly Dictionary<string, string> OtherValues = new()
    {
        ["region"] = "eu-west-1",
        ["zone"] = "b",
        ["domain"] = "talk.example.org",
        ["hostedZone"] = "call.example.org",
        ["instanceType"] = "t3.medium",
        ["architecture"] = "arm64",
        ["image"] = "debian-13-amd64-20251117-2299",
        ["diskGb"] = "16",
        ["networkPrefix"] = "10.99.0.0/24",
        ["relayPorts"] = "40000-49151",
        ["transports"] = "udp,tcp",
        ["turnPort"] = "5000",
        ["turnsPort"] = "8443",
        ["dualStack"] = "false",
        ["rootSecret"] = "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA=",
        ["rotation"] = "2026-12-01/2026-11-22",
        ["stage"] = "production",
        ["expires"] = "2027-01-31",
        ["logRetentionDays"] = "60",
        ["tags"] = """{"team":"calls"}""",
        ["access"] = "ssm",
        ["ssmAgentKeyFingerprint"] = "76543210" + SsmKey[8..],
        ["gate"] = "off",
        ["drainSeconds"] = "600",
        ["otlpEndpoint"] = "https://collector.example.org:4318",
        ["alarmEmail"] = "calls@example.org",
        ["acmeEmail"] = "ops@example.org",
        ["keepCertificate"] = "true",
        ["acmeDirectory"] = "https://ca.example.org/directory",
    };

    // Settings that a change requires before it.
    private static readonly Dictionary<string, Setting[]> Required = new()
    {
        // The default contact is in the hosted zone.
        ["hostedZone"] = [("acmeEmail", "ops@example.org")],
        ["ssmAgentKeyFingerprint"] = [("access", "ssm"), ("ssmAgentKeyFingerprint", SsmKey)],
        ["alarmEmail"] = [("alarmEmail", "ops@example.org")],
    };

    // Settings that must change too.
    private static readonly Dictionary<string, Setting[]> Companions = new()
    {
        ["architecture"] = [("instanceType", "t4g.small")],
        ["stage"] = [("expires", "")],
        ["access"] = [("ssmAgentKeyFingerprint", SsmKey)],
    };

    /// <summary>The settings that <see cref="Change"/> knows a second value of.</summary>
    public static IReadOnlyCollection<string> Changeable => OtherValues.Keys;

    /// <summary>Two plans that differ in one setting, and in what must change with it.</summary>
    public static (Plan Before, Plan After) Change(string key)
    {
        var before = Required.GetValueOrDefault(key, []);
        return (Of(before), Of([.. before, (key, OtherValues[key]), .. Companions.GetValueOrDefault(key, [])]));
    }
}
