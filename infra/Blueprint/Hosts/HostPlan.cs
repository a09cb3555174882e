using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Hosts;

/// <summary>One EC2 instance of one generation.</summary>
public sealed record HostPlan
{
    /// <summary>Its name, with the generation in it.</summary>
    public required string Name { get; init; }

    public required string InstanceType { get; init; }

    public required Architecture Architecture { get; init; }

    /// <summary>The machine image's exact name: a newer one is a decision, not an accident.</summary>
    public required string Image { get; init; }

    /// <summary>The size of the disk in GiB.</summary>
    public required int DiskGb { get; init; }

    /// <summary>The role that its programs have.</summary>
    public required string Role { get; init; }

    /// <summary>What it is given as user-data: enough to fetch everything else.</summary>
    public required CloudInit CloudInit { get; init; }

    /// <summary>The files that it fetches.</summary>
    public required IReadOnlyList<HostFile> Files { get; init; }

    public required IReadOnlyList<Unit> Units { get; init; }

    /// <summary>Whether the instance type's processor credits may go into debt rather than slow calls down.</summary>
    public required bool UnlimitedCredits { get; init; }

    /// <summary>
    /// The account that publishes the images, Debian's cloud team (https://wiki.debian.org/Cloud/AmazonEC2Image): an image of this name could be
    /// anybody's.
    /// </summary>
    public const string ImageOwner = "136693071363";

    /// <summary>
    /// Part of the generation's hash, for what all hosts have in common and the program writes by itself: disk type, metadata options, and so on. Raise
    /// it with such a change, so that running hosts are replaced by a new generation and not changed in place.
    /// </summary>
    public const int Revision = 1;
}
