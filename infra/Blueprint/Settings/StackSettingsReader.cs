using System.Text.RegularExpressions;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

public static class StackSettingsReader
{
    /// <summary>Reads settings.</summary>
    /// <param name="values">Key and text of each setting, without <c>causeway:</c>; maps are JSON.</param>
    /// <param name="withoutSecret">
    /// Uses <see cref="RootSecret.Unread"/> when the root secret is missing, to look at a plan without decrypting it.
    /// </param>
    /// <param name="encrypted">
    /// The keys whose values are encrypted. Mistakes don't show these values, and a secret that isn't among them is a mistake. Null when
    /// nothing is stored yet.
    /// </param>
    /// <exception cref="SettingsException">The settings are wrong.</exception>
    public static StackSettings Read(
        string stack, IReadOnlyDictionary<string, string> values, bool withoutSecret = false, IReadOnlySet<string>? encrypted = null)
    {
        var read = new SettingValues(values, encrypted, withoutSecret);
        var mistakes = read.Mistakes.ToList();
        if (MistakeInName(stack) is { } mistake) mistakes.Insert(0, mistake);
        SettingsException.ThrowIfAny(mistakes);
        return Compose(stack, read);
    }

    /// <summary>What is wrong with a stack's name; null when nothing is.</summary>
    // Names of roles, buckets and alarms contain it. Buckets are the strictest: 63 characters, lower case (S3 bucket naming rules).
    public static Mistake? MistakeInName(string stack) => Regex.IsMatch(stack, "^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$")
        ? null
        : new("stack", SettingValues.Short(stack),
            "isn't a valid stack name; use 1 to 16 of a-z, 0-9 and -, a letter first, no - at the end");

    /// <summary>
    /// The hosted zone that most likely contains a domain: its parent, or the domain itself when the parent is a top-level domain.
    /// </summary>
    public static string SuggestedZone(string domain) =>
        domain.Split('.', 2) is [_, var parent] && parent.Contains('.', StringComparison.Ordinal) ? parent : domain;

    // Browsers reject a self-signed certificate for turns:, so TLS needs a domain.
    internal static IReadOnlyList<Transport> TransportsOf(SettingValues values) => values.Find(SettingKey.Transports)
        ?? (values.Find(SettingKey.Domain) is null ? [Transport.Udp, Transport.Tcp] : [Transport.Udp, Transport.Tcp, Transport.Tls]);

    /// <summary>Debian's name of a processor, as in the names of its images.</summary>
    internal static string DebianName(Architecture architecture) => architecture == Architecture.Arm64 ? "arm64" : "amd64";

    private static StackSettings Compose(string stack, SettingValues values)
    {
        var region = values.Get(SettingKey.Region);
        var architecture = values.Get(SettingKey.Architecture);
        var domain = values.Find(SettingKey.Domain);
        var hostedZone = domain is null ? null : values.Find(SettingKey.HostedZone) ?? domain;
        var (turn, turns) = (values.Get(SettingKey.TurnPort), values.Get(SettingKey.TurnsPort));
        return new()
        {
            Stack = stack,
            Region = region,
            Zone = region + values.Get(SettingKey.Zone),
            Domain = domain,
            HostedZone = hostedZone,
            InstanceType = values.Get(SettingKey.InstanceType),
            Architecture = architecture,
            Image = values.Find(SettingKey.Image) ?? $"debian-13-{DebianName(architecture)}-20260914-2601",
            DiskGb = values.Get(SettingKey.DiskGb),
            NetworkPrefix = values.Get(SettingKey.NetworkPrefix),
            Ports = new(
                PortPlan.HttpsPort,
                [.. TransportsOf(values).Select(transport => new TransportPort(transport, transport == Transport.Tls ? turns : turn))],
                values.Get(SettingKey.RelayPorts)),
            DualStack = values.Get(SettingKey.DualStack),
            RootSecret = values.Get(SettingKey.RootSecret),
            Rotation = values.Get(SettingKey.Rotation),
            Expires = values.Find(SettingKey.Expires),
            LogRetentionDays = values.Get(SettingKey.LogRetentionDays),
            Tags = values.Find(SettingKey.Tags) ?? new Dictionary<string, string>(),
            SsmAgentKeyFingerprint = values.Find(SettingKey.SsmAgentKeyFingerprint),
            Gate = values.Get(SettingKey.Gate),
            Drain = TimeSpan.FromSeconds(values.Get(SettingKey.Gate) ? values.Get(SettingKey.DrainSeconds) : 0),
            OtlpEndpoint = values.Find(SettingKey.OtlpEndpoint),
            AlarmEmail = values.Find(SettingKey.AlarmEmail),
            AcmeEmail = values.Find(SettingKey.AcmeEmail) ?? (hostedZone is null ? null : $"hostmaster@{hostedZone}"),
            AcmeDirectory = values.Get(SettingKey.AcmeDirectory),
            KeepCertificate = values.Get(SettingKey.KeepCertificate),
        };
    }
}
