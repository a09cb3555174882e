using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;
using CsCheck;

namespace Causeway.Blueprint.Tests;

/// <summary>
/// Generates any valid settings, including the extremes: the longest names, URLs and tags, the widest and narrowest ranges, everything on.
/// </summary>
internal static class AnySettings
{
    public static Gen<T> Among<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static Gen<string> Letters(int least, int most) =>
        Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[least, most].Select(letters => new string(letters));

    private static Gen<string> OrEmpty(Gen<string> values) => Gen.OneOf(Gen.Const(""), values);

    private static string Text(bool value) => value ? "true" : "false";

    private static readonly Gen<string> Label = Gen.OneOf(Letters(1, 20), Letters(50, 58)).Select(letters => "n" + letters);

    // Up to 200 characters, the most that the settings allow for a domain.
    private static readonly Gen<(string Domain, string Zone)> Names = Gen.Select(
        Label, Label, Label, Gen.Bool, Gen.Bool,
        (host, zone, above, deep, withZone) =>
        {
            var parent = deep ? $"{zone}.{above}.example.org" : $"{zone}.example.org";
            return ($"{host}.{parent}", withZone ? parent : "");
        });

    private static readonly Gen<string> NarrowRange =
        Gen.Int[10_000, 50_000].SelectMany(first => Gen.Int[first + 99, 65_535].Select(last => $"{first}-{last}"));

    private static readonly Gen<(string Relayed, int Turn, int Turns)> Ports =
        Gen.OneOf(
            Gen.Select(NarrowRange, Gen.Int[1, 9_999], Gen.Int[1, 9_999]),
            // The widest ranges.
            Gen.Select(Among("3390-61439", "5120-65535"), Gen.Int[1, 3_388], Gen.Int[1, 3_388]))
        .Where((_, turn, turns) => turn != turns && !PortPlan.Closed.Contains(turn) && !PortPlan.Closed.Contains(turns));

    private static Gen<string> Url(string scheme) =>
        Gen.OneOf(Letters(0, 30), Letters(400, 470)).Select(path => $"{scheme}://host.example.org/{path}");

    private static readonly Gen<string> Email = Gen.Select(
        Gen.OneOf(Letters(1, 10), Letters(60, 64)), Label, Label,
        (person, host, above) => $"{person}@{host}.{above}.example.org");

    private static readonly Gen<string> Tags = Gen.Select(
        Gen.Int[0, 20], Gen.OneOf(Letters(1, 8), Letters(120, 125)), Gen.OneOf(Letters(0, 8), Letters(250, 256)),
        (count, name, value) =>
            $"{{{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"t{number}{name}\":\"{value}\""))}}}");

    private static readonly Gen<(string Key, string Value)[]> Network = Gen.Select(
        Gen.OneOf(Gen.Const(("", "")), Names),
        Ports,
        Among("", "udp", "udp,tcp", "udp,tls", "tls,tcp,udp"),
        Gen.Bool,
        Among("10.0.0.0/16", "10.77.0.0/24", "172.31.255.240/28", "192.168.0.0/16"),
        Among("a", "c", "f"),
        (names, ports, transports, dualStack, prefix, zone) => new[]
        {
            ("domain", names.Item1),
            ("hostedZone", names.Item2),
            ("relayPorts", ports.Relayed),
            ("turnPort", $"{ports.Turn}"),
            ("turnsPort", $"{ports.Turns}"),
            ("transports", names.Item1.Length > 0 ? transports : WithoutTls(transports)),
            ("dualStack", Text(dualStack)),
            ("networkPrefix", prefix),
            ("zone", zone),
        });

    private static string WithoutTls(string transports) =>
        string.Join(',', transports.Split(',').Where(transport => transport != "tls"));

    private static readonly Gen<(string Key, string Value)[]> Hosts = Gen.Select(
        Among(("x64", "t3.small"), ("x64", "m7i.large"), ("x64", "trn1.2xlarge"), ("arm64", "t4g.small"), ("arm64", "c8g.large")),
        Gen.Int[8, 1024],
        Gen.Bool,
        Gen.Bool,
        (machine, disk, shell, gate) => new[]
        {
            ("architecture", machine.Item1),
            ("instanceType", machine.Item2),
            ("diskGb", $"{disk}"),
            ("access", shell ? "ssm" : "none"),
            ("ssmAgentKeyFingerprint", shell ? Plans.SsmKey : ""),
            ("gate", gate ? "deployer" : "off"),
        });

    private static readonly Gen<(string Key, string Value)[]> Lifetime = Gen.Select(
        Gen.Bool,
        Gen.Byte.Array[32, 48],
        Among("2026-11-22", "2026-11-22/2026-08-01"),
        Among(SettingKey.RetentionDays.ToArray()),
        (production, root, rotation, retention) => new[]
        {
            ("stage", production ? "production" : "demo"),
            ("expires", production ? "" : "2026-12-31"),
            ("rootSecret", Convert.ToBase64String(root)),
            ("rotation", rotation),
            ("logRetentionDays", $"{retention}"),
        });

    private static readonly Gen<(string Key, string Value)[]> Contacts = Gen.Select(
        OrEmpty(Url("https")), OrEmpty(Url("http")), OrEmpty(Email), OrEmpty(Email), Tags,
        (directory, collector, contact, watcher, tags) => new[]
        {
            ("acmeDirectory", directory),
            ("otlpEndpoint", collector),
            ("acmeEmail", contact),
            ("alarmEmail", watcher),
            ("tags", tags),
        });

    private static readonly Gen<string> Region = Among("eu-central-1", "ap-southeast-2", "us-east-1", "abcd-efghijklmnopq-1");

    /// <summary>A stack's name and the texts of its settings.</summary>
    public static Gen<(string Stack, Dictionary<string, string> Texts)> Texts { get; } = Gen.Select(
        Among("a", "prop", "sixteen-letters1"), Region, Network, Hosts, Lifetime, Contacts,
        (stack, region, network, hosts, lifetime, contacts) =>
            (stack, Plans.Texts([("region", region), .. network, .. hosts, .. lifetime, .. contacts])));

    /// <summary>A plan of any valid settings.</summary>
    public static Gen<Plan> Plan { get; } =
        Texts.Select(given => Planner.Plan(StackSettingsReader.Read(given.Stack, given.Texts), Plans.Artifacts));
}
