using System.Net;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

/// <summary>
/// A stack's settings, as <see cref="StackSettingsReader"/> reads them: validated, and with what depends on several. Each
/// <see cref="SettingKey"/> says what its setting means.
/// </summary>
public sealed record StackSettings
{
    /// <summary>Gets the stack's name, which is part of every other name: 1 to 16 of <c>a-z 0-9 -</c>.</summary>
    public required string Stack { get; init; }

    public required string Region { get; init; }

    /// <summary>Gets the availability zone: <c>eu-central-1a</c>.</summary>
    public required string Zone { get; init; }

    public required string? Domain { get; init; }

    /// <summary>Gets the hosted zone; null without a domain.</summary>
    public required string? HostedZone { get; init; }

    public required string InstanceType { get; init; }
    public required Architecture Architecture { get; init; }
    public required string Image { get; init; }
    public required int DiskGb { get; init; }
    public required IPNetwork NetworkPrefix { get; init; }
    public required PortPlan Ports { get; init; }
    public required bool DualStack { get; init; }
    public required RootSecret RootSecret { get; init; }
    public required Rotation Rotation { get; init; }

    /// <summary>Gets the last day of a demo stack; null for production stacks.</summary>
    public required DateOnly? Expires { get; init; }

    public bool Production => Expires is null;
    public required int LogRetentionDays { get; init; }
    public required IReadOnlyDictionary<string, string> Tags { get; init; }
    public required string? SsmAgentKeyFingerprint { get; init; }
    public bool SessionManager => SsmAgentKeyFingerprint is not null;
    public required bool Gate { get; init; }

    /// <summary>Gets how long an update waits for calls to leave the old relay; zero without the gate.</summary>
    public required TimeSpan Drain { get; init; }

    public required Uri? OtlpEndpoint { get; init; }
    public required string? AlarmEmail { get; init; }

    /// <summary>Gets the ACME account's contact; null without a domain.</summary>
    public required string? AcmeEmail { get; init; }

    public required Uri AcmeDirectory { get; init; }
    public required bool KeepCertificate { get; init; }
    public bool UsesLetsEncrypt => AcmeDirectory.Host == new Uri(SettingKey.AcmeDirectory.Default!).Host;

    /// <summary>Gets the DNS name of the record that answers the ACME challenge (RFC 8555 §8.4); null without a domain.</summary>
    public string? AcmeChallenge => Domain is null ? null : $"_acme-challenge.{Domain}";

    /// <summary>Warnings that depend on the day.</summary>
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

public enum Architecture
{
    X64,
    Arm64,
}
