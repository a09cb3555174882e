using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Blueprint.Tests;

/// <summary>Plans to ask questions of: a spread of settings that differ in everything that the rules depend on.</summary>
internal static class Plans
{
    public const string Root = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    public const string AccessKey = "0123456789ABCDEF0123456789ABCDEF01234567";

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

    private static readonly Dictionary<string, (string Key, string Value)[]> All = new()
    {
        ["demo with a domain"] = [],
        ["demo without a domain"] = WithoutDomain,
        ["production"] = [("stage", "production"), ("expires", ""), ("logRetentionDays", "365"), ("alarmEmail", "ops@example.org")],
        ["IPv4 only"] = [("dualStack", "false")],
        ["IPv4 only without a domain"] = [("dualStack", "false"), .. WithoutDomain],
        ["arm64"] = [("architecture", "arm64"), ("instanceType", "c7g.medium")],
        ["other ports"] = [("turnPort", "5349"), ("turnsPort", "8443"), ("relayPorts", "20000-29999")],
        ["udp only"] = [("transports", "udp")],
        ["shell and no gate"] = [("access", "ssm"), ("accessKey", AccessKey), ("gate", "off")],
        ["rotated"] = [("rotation", "2026-11-22/2026-08-01"), ("networkPrefix", "192.168.40.0/24"), ("tags", """{"team":"calls"}""")],
    };

    /// <summary>The names of the spread, the plainest first.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>The names of the spread, for theories.</summary>
    public static TheoryData<string> Spread => [.. All.Keys];

    public static Plan Named(string name) => name == Given ? _given! : Of(All[name]);

    private const string Given = "a given plan";

    // Of the thread that asks, so that several may ask at a time.
    [ThreadStatic]
    private static Plan? _given;

    /// <summary>Does something with the name of a plan that is none of the spread.</summary>
    public static void With(Plan plan, Action<string> ask)
    {
        _given = plan;
        try
        {
            ask(Given);
        }
        finally
        {
            _given = null;
        }
    }
}
