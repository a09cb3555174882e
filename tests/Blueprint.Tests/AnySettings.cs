using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;
using CsCheck;

namespace Causeway.Blueprint.Tests;

/// <summary>
/// Any settings that are valid, also those at the edges: the longest names, URLs and tags, the widest and narrowest ranges, everything on.
/// </summary>
internal static class AnySettings
{
    private static Gen<T> Among<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static Gen<string> Letters(int least, int most) => Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[least, most]
        .Select(letters => new string(letters));

    private static readonly Gen<string> Label = Gen.OneOf(Letters(1, 20), Letters(50, 58)).Select(letters => "n" + letters);

    // Up to 200 characters, which is what a domain may have here.
    private static readonly Gen<(string Domain, string Zone)> Names =
        Gen.Select(Label, Label, Label, Gen.Bool, Gen.Bool, (host, zone, above, deep, said) =>
    {
        var parent = deep ? $"{zone}.{above}.example.org" : $"{zone}.example.org";
        return ($"{host}.{parent}", said ? parent : "");
    });

    private static readonly Gen<(string Range, int Turn, int Turns)> Ports = Gen.OneOf(
        Gen.Select(Gen.Int[10_000, 50_000].SelectMany(first => Gen.Int[first + 99, 65_535].Select(last => $"{first}-{last}")),
            Gen.Int[1, 9_999], Gen.Int[1, 9_999]),
        // As wide as may be.
        Gen.Select(Among("3390-61439", "5120-65535"), Gen.Int[1, 3_388], Gen.Int[1, 3_388]))
        .Where(ports => ports.Item2 != ports.Item3 && !PortPlan.Closed.Contains(ports.Item2) && !PortPlan.Closed.Contains(ports.Item3));

    private static Gen<string> Url(string scheme) => Gen.OneOf(Letters(0, 30), Letters(400, 470))
        .Select(path => $"{scheme}://host.example.org/{path}");

    private static readonly Gen<string> Email = Gen.Select(Gen.OneOf(Letters(1, 10), Letters(60, 64)), Label, Label,
        (person, host, above) => $"{person}@{host}.{above}.example.org");

    private static readonly Gen<string> Tags = Gen.Select(Gen.Int[0, 20], Gen.OneOf(Letters(1, 8), Letters(120, 125)),
        Gen.OneOf(Letters(0, 8), Letters(250, 256)), (count, name, value) =>
        $"{{{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"t{number}{name}\":\"{value}\""))}}}");

    private static Gen<string> OrNothing(Gen<string> values) => Gen.OneOf(Gen.Const(""), values);

    private static readonly Gen<IEnumerable<(string, string)>> WhatStandsWhere = Gen.Select(
        Gen.OneOf(Gen.Const(("", "")), Names), Ports, Among("", "udp", "udp,tcp", "udp,tls", "tls,tcp,udp"), Gen.Bool,
        Among(("x64", "t3.small"), ("x64", "m7i.large"), ("x64", "trn1.2xlarge"), ("arm64", "t4g.small"), ("arm64", "c8g.large")),
        Among("10.0.0.0/16", "10.77.0.0/24", "172.31.255.240/28", "192.168.0.0/16"), Among("a", "c", "f"),
        (names, ports, transports, dual, machine, prefix, zone) => (IEnumerable<(string, string)>)
        [
            ("domain", names.Item1), ("hostedZone", names.Item2), ("relayPorts", ports.Range), ("turnPort", $"{ports.Turn}"),
                ("turnsPort", $"{ports.Turns}"),
            ("transports", names.Item1.Length == 0 ? transports.Replace("udp,tls", "udp", StringComparison.Ordinal)
                .Replace("tls,", "", StringComparison.Ordinal) : transports),
            ("dualStack", dual ? "true" : "false"), ("architecture", machine.Item1), ("instanceType", machine.Item2),
                ("networkPrefix", prefix), ("zone", zone),
        ]);

    private static readonly Gen<IEnumerable<(string, string)>> HowItIsKept = Gen.Select(
        Gen.Bool, Gen.Byte.Array[32, 48], Among("2026-11-22", "2026-11-22/2026-08-01"), Among(SettingKey.RetentionDays.ToArray()),
            Gen.Int[8, 1024], Gen.Bool, Gen.Bool,
        (production, root, rotation, retention, disk, shell, gate) => (IEnumerable<(string, string)>)
        [
            ("stage", production ? "production" : "demo"), ("expires", production ? "" : "2026-12-31"),
                ("rootSecret", Convert.ToBase64String(root)), ("rotation", rotation),
            ("logRetentionDays", $"{retention}"), ("diskGb", $"{disk}"), ("access", shell ? "ssm" : "none"),
                ("ssmAgentKeyFingerprint", shell ? Plans.SsmKey : ""), ("gate", gate ? "deployer" : "off"),
        ]);

    private static readonly Gen<IEnumerable<(string, string)>> WhomItTells = Gen.Select(
        OrNothing(Url("https")), OrNothing(Url("http")), OrNothing(Email), OrNothing(Email), Tags,
        (directory, collector, contact, watcher, tags) => (IEnumerable<(string, string)>)
            [("acmeDirectory", directory), ("otlpEndpoint", collector), ("acmeEmail", contact), ("alarmEmail", watcher), ("tags", tags)]);

    /// <summary>The stack's name and the texts of its settings.</summary>
    public static Gen<(string Stack, Dictionary<string, string> Texts)> Texts { get; } = Gen.Select(
        Among("a", "prop", "sixteen-letters1"), Among("eu-central-1", "ap-southeast-2", "us-east-1", "abcd-efghijklmnopq-1"),
            WhatStandsWhere, HowItIsKept, WhomItTells,
        (stack, region, one, other, third) => (stack, Plans.Texts([("region", region), .. one, .. other, .. third])));

    /// <summary>A plan of any valid settings.</summary>
    public static Gen<Plan> Plan { get; } = Texts.Select(given =>
        Planner.Plan(StackSettingsReader.Read(given.Stack, given.Texts), Plans.Artifacts));
}
