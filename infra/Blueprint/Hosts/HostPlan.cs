using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Hosts;

/// <summary>An EC2 instance of a generation.</summary>
public sealed record HostPlan
{
    /// <summary>
    /// The account of Debian's cloud team, which publishes the images (https://wiki.debian.org/Cloud/AmazonEC2Image). Any account could
    /// publish an image of the same name.
    /// </summary>
    public const string ImageOwner = "136693071363";

    /// <summary>
    /// A part of the generation's hash that represents the constants of all hosts, like the disk type and metadata options. Increment it
    /// when one of them changes, so that a new generation replaces running hosts.
    /// </summary>
    public const int Revision = 1;

    /// <summary>Gets the name, which contains the generation.</summary>
    public required string Name { get; init; }

    public required string InstanceType { get; init; }
    public required Architecture Architecture { get; init; }

    /// <summary>Gets the machine image's exact name, so that a newer image is used only when the settings change.</summary>
    public required string Image { get; init; }

    public required int DiskGb { get; init; }
    public required string Role { get; init; }

    /// <summary>Gets the user-data, which fetches everything else.</summary>
    public required CloudInit CloudInit { get; init; }

    public required IReadOnlyList<HostFile> Files { get; init; }
    public required IReadOnlyList<Unit> Units { get; init; }

    /// <summary>
    /// Gets whether a burstable instance may use more processor credits than it earned, which costs extra, instead of being throttled.
    /// </summary>
    public required bool UnlimitedCredits { get; init; }
}
