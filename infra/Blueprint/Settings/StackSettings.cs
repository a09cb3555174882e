using System.Net;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

/// <summary>A stack's settings, validated by <see cref="StackSettingsReader"/>.</summary>
public sealed record StackSettings
{
    /// <summary>Gets the stack's name, which is part of every other name: 1 to 16 of <c>a-z 0-9 -</c>.</summary>
    public required string Stack { get; init; }

    public required string Region { get; init; }

    /// <summary>Gets the availability zone: <c>eu-central-1a</c>.</summary>
    public required string Zone { get; init; }

    /// <summary>Gets the page's DNS name; null for none.</summary>
    public required string? Domain { get; init; }

    /// <summary>Gets the Route 53 zone that contains <see cref="Domain"/>; null without one.</summary>
    public required string? HostedZone { get; init; }

    public required string InstanceType { get; init; }

    public required Architecture Architecture { get; init; }

    /// <summary>Gets the machine image's exact name.</summary>
    public required string Image { get; init; }

    public required int DiskGb { get; init; }

    public required IPNetwork NetworkPrefix { get; init; }

    public required PortPlan Ports { get; init; }

    /// <summary>Gets whether it serves IPv6 too.</summary>
    public required bool DualStack { get; init; }

    public required RootSecret RootSecret { get; init; }

    public required Rotation Rotation { get; init; }

    /// <summary>Gets the last day of a demo stack; null for production stacks.</summary>
    public required DateOnly? Expires { get; init; }

    /// <summary>Gets whether the stack protects its data.</summary>
    public bool Production => Expires is null;

    public required int LogRetentionDays { get; init; }

    /// <summary>Gets the tags besides the stack's own.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Gets the fingerprint of the key that signs the Session Manager agent; null without Session Manager.</summary>
    public required string? SsmAgentKeyFingerprint { get; init; }

    /// <summary>Gets whether operators can use Session Manager.</summary>
    public bool SessionManager => SsmAgentKeyFingerprint is not null;

    /// <summary>Gets whether the machine that runs the update probes a new generation.</summary>
    public required bool Gate { get; init; }

    /// <summary>Gets how long an update waits for calls to leave the old relay; zero doesn't wait.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>Gets where metrics are sent; null for nowhere.</summary>
    public required Uri? OtlpEndpoint { get; init; }

    /// <summary>Gets the address that alarms are sent to; null for none.</summary>
    public required string? AlarmEmail { get; init; }

    /// <summary>Gets the ACME account's contact; null without a domain.</summary>
    public required string? AcmeEmail { get; init; }

    public required Uri AcmeDirectory { get; init; }

    /// <summary>Gets whether a demo's certificate outlives the stack.</summary>
    public required bool KeepCertificate { get; init; }

    /// <summary>Gets whether certificates come from Let's Encrypt, the default.</summary>
    public bool UsesLetsEncrypt => AcmeDirectory.Host == new Uri(SettingKey.AcmeDirectory.Default!).Host;

    /// <summary>Gets the DNS name of the record that answers the ACME challenge (RFC 8555 §8.4); null without a domain.</summary>
    public string? AcmeChallenge => Domain is null ? null : $"_acme-challenge.{Domain}";

    /// <summary>Warnings that depend on the day.</summary>
    /// <param name="today">The day (UTC).</param>
    public IEnumerable<string> WarningsOn(DateOnly today)
    {
        if (Expires < today)
            yield return $"{SettingKey.Expires.Name}: {IsoDay.Text(Expires.Value)} has passed, "
                + "so `ops sweep` may delete the stack any day; "
                + $"extend it with: ops extend {Stack}, or remove it with: pulumi destroy --stack {Stack}";
        var rotated = IsoDay.Text(Rotation.Current);
        if (Rotation.Due <= today)
            yield return $"{SettingKey.Rotation.Name}: {rotated} is {Rotation.Days} days ago or more, "
                + $"and the credential in the output {OutputPlan.IceServers.Name} has ended; set {IsoDay.Text(today)}/{rotated}";
    }
}

/// <summary>The processor of a host.</summary>
public enum Architecture
{
    X64,
    Arm64,
}
