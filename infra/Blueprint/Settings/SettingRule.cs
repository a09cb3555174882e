using System.Text.RegularExpressions;
using Causeway.Blueprint.Ports;
using static Causeway.Blueprint.Settings.SettingKey;

namespace Causeway.Blueprint.Settings;

/// <summary>What one setting must fulfil because of others. A rule isn't asked while a setting that it looks at is wrong.</summary>
/// <param name="Key">The setting that is to blame.</param>
/// <param name="Others">The other settings that it looks at.</param>
/// <param name="Judge">Returns what is wrong, and how to fix it; null when nothing is.</param>
internal sealed record SettingRule(SettingKey Key, IReadOnlyList<SettingKey> Others, Func<SettingValues, string?> Judge)
{
    private const string LetsEncryptStaging = "acme-staging-v02.api.letsencrypt.org";

    /// <summary>Gets the part of the value to show. Defaults to null: all of it.</summary>
    private string? Part { get; init; }

    /// <summary>Gets whether the mistake is that the setting is missing.</summary>
    private bool IsMissing { get; init; }

    public static IReadOnlyList<SettingRule> All { get; } =
    [
        new(HostedZone, [Domain], values => (values.Find(HostedZone), values.Find(Domain)) switch
        {
            (null, _) => null,
            (_, null) => "needs a domain; set domain too, or remove it",
            var (zone, domain) when domain == zone || domain.EndsWith("." + zone, StringComparison.Ordinal) => null,
            var (_, domain) =>
                $"doesn't contain {domain}; write {domain} itself or a zone above it, like {StackSettingsReader.SuggestedZone(domain)}",
        }),
        new(InstanceType, [SettingKey.Architecture], values => (IsArm(values.Get(InstanceType)), values.Get(SettingKey.Architecture)) switch
        {
            (true, Architecture.X64) => "has an ARM processor; set architecture to arm64",
            (false, Architecture.Arm64) => "has no ARM processor; set architecture to x64, or choose a type like t4g.small",
            _ => null,
        }),
        new(Image, [SettingKey.Architecture], values =>
        {
            var debian = StackSettingsReader.DebianName(values.Get(SettingKey.Architecture));
            return values.Find(Image)?.Contains($"-{debian}-", StringComparison.Ordinal) == false
                ? $"is for another processor; choose an image for {debian}, or change architecture"
                : null;
        }),
        Refuses(Transports, [Domain],
            values => values.Find(Transports)?.Contains(Transport.Tls) == true && values.Find(Domain) is null,
            "needs a certificate that browsers trust, and so a domain; set domain, or remove tls") with { Part = "tls" },
        BesideRelayPorts(TurnPort),
        BesideRelayPorts(TurnsPort),
        Refuses(TurnsPort, [TurnPort, Transports, Domain],
            values => values.Get(TurnsPort) == values.Get(TurnPort)
                && StackSettingsReader.TransportsOf(values) is var all && all.Contains(Transport.Tls) && all.Contains(Transport.Tcp),
            "is also turnPort; TLS and plain TCP need a port each"),
        Refuses(Expires, [Stage],
            values => values.Get(Stage) && values.IsSet(Expires), "is for demo stacks; remove it, or set stage to demo"),
        Requires(Expires, [Stage], values => !values.Get(Stage), "a demo stack needs its last day, like 2026-12-31"),
        Refuses(SsmAgentKeyFingerprint, [Access],
            values => !values.Get(Access) && values.IsSet(SsmAgentKeyFingerprint),
            "is for access ssm; set access to ssm, or remove it"),
        Requires(SsmAgentKeyFingerprint, [Access], values => values.Get(Access),
            "the agent is installed only with a signature that you trust: copy the fingerprint from the user guide of Systems Manager"),
        Refuses(DrainSeconds, [Gate],
            values => values.IsSet(DrainSeconds) && values.Get(DrainSeconds) > 0 && !values.Get(Gate),
            "needs the gate, whose machine asks the old relay; set gate to deployer, or remove it"),
        // The one directory that certainly issues certificates which no machine trusts.
        Refuses(AcmeDirectory, [Domain, Gate],
            values => values.Get(AcmeDirectory).Host == LetsEncryptStaging && values.Find(Domain) is not null && values.Get(Gate),
            "issues untrusted certificates, so the gate would never pass; set gate to off while you try it, or remove it"),
        new(KeepCertificate, [Domain, Stage], values => (values.Get(KeepCertificate), values.Get(Stage), values.Find(Domain)) switch
        {
            (true, true, _) => "is for demo stacks; production stacks always keep their secrets: remove it, or set stage to demo",
            (true, _, null) => "needs a domain, because certificates are issued for domains; set domain too, or remove it",
            _ => null,
        }),
    ];

    public void Check(SettingValues values)
    {
        if (!Others.Append(Key).All(values.IsValid) || Judge(values) is not { } fix) return;
        if (IsMissing) values.Miss(Key, fix);
        else values.Refuse(Key, fix, Part);
    }

    private static SettingRule Refuses(SettingKey key, IReadOnlyList<SettingKey> others, Predicate<SettingValues> isWrong, string fix) =>
        new(key, others, values => isWrong(values) ? fix : null);

    private static SettingRule Requires(SettingKey key, IReadOnlyList<SettingKey> others, Predicate<SettingValues> needs, string fix) =>
        Refuses(key, others, values => needs(values) && !values.IsSet(key), fix) with { IsMissing = true };

    // Only UDP ports can collide with relayed ones, but a range beside every listener is easier to read in a firewall.
    private static SettingRule BesideRelayPorts(SettingKey<int> port) => new(port, [RelayPorts], values =>
        values.Get(RelayPorts).Contains(values.Get(port)) ? $"is in relayPorts {values.Get(RelayPorts)}; choose a port outside" : null);

    // The g after the generation's number marks Graviton (t4g, c7gn); Amazon's older a1 is the one exception.
    private static bool IsArm(string type) => Regex.IsMatch(type, @"^([a-z]+[0-9]+g[a-z]*|a1)\.");
}
