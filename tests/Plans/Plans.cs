using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Xunit;

namespace Causeway.Tests.Plans;

/// <summary>Plans to ask questions of: a spread of settings that differ in everything that the rules depend on.</summary>
public static class Plans
{
    public const string Root = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    public const string SsmKey = "0123456789ABCDEF0123456789ABCDEF01234567";

    public static IReadOnlyList<Artifact> Artifacts { get; } = [new("relay", new('a', 64)), new("signalling", new('b', 64))];

    public static Dictionary<string, string> Texts(params (string Key, string Value)[] changes)
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

    public static StackSettings Settings(params (string Key, string Value)[] changes) => StackSettingsReader.Read("dev", Texts(changes));

    public static Plan Of(params (string Key, string Value)[] changes) => Planner.Plan(Settings(changes), Artifacts);

    private static readonly (string Key, string Value)[] WithoutDomain = [("domain", ""), ("hostedZone", "")];

    private static readonly Dictionary<string, (string Key, string Value)[]> Spread = new()
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
    public static TheoryData<Plan> Rows =>
        [.. All.Select(plan => new TheoryDataRow<Plan>(plan.Value) { Label = plan.Key })];

    /// <summary>
    /// Settings that differ from <see cref="Of"/> without changes in one key, and in what must change with it; <c>Before</c> where the key
    /// needs others.
    /// </summary>
    public static IReadOnlyDictionary<string, ((string Key, string Value)[] Before, (string Key, string Value)[] After)> Changes { get; } =
        new Dictionary<string, ((string Key, string Value)[] Before, (string Key, string Value)[] After)>
        {
            ["region"] = ([], [("region", "eu-west-1")]),
            ["zone"] = ([], [("zone", "b")]),
            ["domain"] = ([], [("domain", "talk.example.org")]),
            // Without a contact of the ACME account, which is at the zone when it is not set.
            ["hostedZone"] = ([("acmeEmail", "ops@example.org")], [("acmeEmail", "ops@example.org"), ("hostedZone", "call.example.org")]),
            ["instanceType"] = ([], [("instanceType", "t3.medium")]),
            ["architecture"] = ([], [("architecture", "arm64"), ("instanceType", "t4g.small")]),
            ["image"] = ([], [("image", "debian-13-amd64-20251117-2299")]),
            ["diskGb"] = ([], [("diskGb", "16")]),
            ["networkPrefix"] = ([], [("networkPrefix", "10.99.0.0/24")]),
            ["relayPorts"] = ([], [("relayPorts", "40000-49151")]),
            ["transports"] = ([], [("transports", "udp,tcp")]),
            ["turnPort"] = ([], [("turnPort", "5000")]),
            ["turnsPort"] = ([], [("turnsPort", "8443")]),
            ["dualStack"] = ([], [("dualStack", "false")]),
            ["rootSecret"] = ([], [("rootSecret", "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA=")]),
            ["rotation"] = ([], [("rotation", "2026-12-01/2026-11-22")]),
            ["stage"] = ([], [("stage", "production"), ("expires", "")]),
            ["expires"] = ([], [("expires", "2027-01-31")]),
            ["logRetentionDays"] = ([], [("logRetentionDays", "60")]),
            ["tags"] = ([], [("tags", """{"team":"calls"}""")]),
            ["access"] = ([], [("access", "ssm"), ("ssmAgentKeyFingerprint", SsmKey)]),
            ["ssmAgentKeyFingerprint"] = ([("access", "ssm"), ("ssmAgentKeyFingerprint", SsmKey)],
                [("access", "ssm"), ("ssmAgentKeyFingerprint", "76543210" + SsmKey[8..])]),
            // Whether signalling waits for an admission.
            ["gate"] = ([], [("gate", "off")]),
            ["drainSeconds"] = ([], [("drainSeconds", "600")]),
            ["otlpEndpoint"] = ([], [("otlpEndpoint", "https://collector.example.org:4318")]),
            ["alarmEmail"] = ([("alarmEmail", "ops@example.org")], [("alarmEmail", "calls@example.org")]),
            ["acmeEmail"] = ([], [("acmeEmail", "ops@example.org")]),
            ["keepCertificate"] = ([], [("keepCertificate", "true")]),
            ["acmeDirectory"] = ([], [("acmeDirectory", "https://ca.example.org/directory")]),
        };
}
