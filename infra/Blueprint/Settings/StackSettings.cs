using System.Net;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

/// <summary>A stack's settings, read and found in order by <see cref="StackSettingsReader"/>.</summary>
public sealed record StackSettings
{
    /// <summary>The stack's name, which stands in every other name: 1 to 16 of <c>a-z 0-9 -</c>.</summary>
    public required string Stack { get; init; }

    public required string Region { get; init; }

    /// <summary>The availability zone, whole: <c>eu-central-1a</c>.</summary>
    public required string Zone { get; init; }

    /// <summary>The page's DNS name; null when the stack has none.</summary>
    public required string? Domain { get; init; }

    /// <summary>The Route 53 zone that holds <see cref="Domain"/>; null without one.</summary>
    public required string? HostedZone { get; init; }

    /// <summary>The EC2 instance type.</summary>
    public required string InstanceType { get; init; }

    /// <summary>The processor that the services are published for.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>The machine image's exact name.</summary>
    public required string Image { get; init; }

    /// <summary>The disk's size in GiB.</summary>
    public required int DiskGb { get; init; }

    /// <summary>The network's private IPv4 prefix.</summary>
    public required IPNetwork NetworkPrefix { get; init; }

    /// <summary>The page's port, the relay's transports and the relayed ports.</summary>
    public required PortPlan Ports { get; init; }

    /// <summary>Whether IPv6 is served too.</summary>
    public required bool DualStack { get; init; }

    /// <summary>The secret that every other one derives from.</summary>
    public required RootSecret RootSecret { get; init; }

    /// <summary>The rotation that the derived secrets belong to.</summary>
    public required Rotation Rotation { get; init; }

    /// <summary>The day after which a demo stack may be swept; null on production stacks, which protect their data instead.</summary>
    public required DateOnly? Expires { get; init; }

    /// <summary>Whether the stack's data must survive mistakes.</summary>
    public bool Production => Expires is null;

    /// <summary>How long logs are kept, in days.</summary>
    public required int LogRetentionDays { get; init; }

    /// <summary>Tags besides the stack's own.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>The fingerprint of the key that signs the Session Manager agent; null when operators have no way in.</summary>
    public required string? SsmAgentKeyFingerprint { get; init; }

    /// <summary>Whether operators reach hosts through Session Manager.</summary>
    public bool SessionManager => SsmAgentKeyFingerprint is not null;

    /// <summary>Whether the machine that runs the update probes a new generation before it is used.</summary>
    public required bool Gate { get; init; }

    /// <summary>How long an update waits until nobody uses the old relay any more; zero: not at all.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>Where metrics and traces are sent; null: nowhere.</summary>
    public required Uri? OtlpEndpoint { get; init; }

    /// <summary>Who is told of alarms; null: nobody.</summary>
    public required string? AlarmEmail { get; init; }

    /// <summary>The ACME account's contact; null without a domain.</summary>
    public required string? AcmeEmail { get; init; }

    /// <summary>The certificate authority's ACME directory.</summary>
    public required Uri AcmeDirectory { get; init; }

    /// <summary>Whether a demo's certificate outlives the stack.</summary>
    public required bool KeepCertificate { get; init; }

    /// <summary>What is no mistake, but most likely not meant on a certain day: the plan itself knows no time.</summary>
    /// <param name="today">The day (UTC).</param>
    public IEnumerable<string> WarningsOn(DateOnly today)
    {
        if (Expires < today)
            yield return $"{SettingKey.Expires.Name}: {IsoDay.Text(Expires.Value)} has passed, so `ops sweep` may delete the stack any day; "
                + $"extend it with: ops extend {Stack}, or remove it with: pulumi destroy --stack {Stack}";
        if (Rotation.Due <= today)
            yield return $"{SettingKey.Rotation.Name}: {IsoDay.Text(Rotation.Current)} is {Rotation.Days} days ago or more, and the credential in the output {OutputPlan.IceServers.Name} has ended; set {IsoDay.Text(today)}/{IsoDay.Text(Rotation.Current)}";
    }
}

/// <summary>The processor of a host.</summary>
public enum Architecture
{
    X64,

    Arm64,
}
