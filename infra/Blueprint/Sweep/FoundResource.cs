using Causeway.Blueprint.Naming;

namespace Causeway.Blueprint.Sweep;

/// <summary>A resource found in an account.</summary>
public sealed record FoundResource
{
    /// <summary>The region of resources of IAM and Route 53, which have none.</summary>
    public const string Global = "global";

    /// <summary>Gets the kind, one of <see cref="SweepKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// Gets what identifies it in AWS's calls: an id (<c>i-0123</c>), an ARN (topics, secrets) or a name (buckets, roles).
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Gets the name for people. Defaults to <see cref="Id"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the region; <see cref="Global"/> for IAM and Route 53.</summary>
    public required string Region { get; init; }

    /// <summary>Gets the tags; null when they can't be read, and for DNS records, which have none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Gets why the tags can't be read; null when they were.</summary>
    public string? Unread { get; init; }

    /// <summary>Gets when it was created; null when AWS doesn't report it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the state that AWS reports, like <c>running</c>; null for none.</summary>
    public string? State { get; init; }

    /// <summary>Gets what else its price or its removal depends on, by the names of <see cref="Fact"/>.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the resource that shows which stack a resource without tags belongs to: for a DNS record, its address.</summary>
    public FoundResource? Proof { get; init; }

    /// <summary>Gets the stack's tags, its own or those of <see cref="Proof"/>; null when they can't be read.</summary>
    public StackTags? StackTags => (Tags ?? Proof?.Tags) is { } tags ? Naming.StackTags.Read(tags) : null;

    /// <summary>One of <see cref="Facts"/>; null when it isn't known.</summary>
    public string? Get(string fact) => Facts.GetValueOrDefault(fact);
}

/// <summary>The names of <see cref="FoundResource.Facts"/>.</summary>
public static class Fact
{
    /// <summary>An instance's or a volume's type.</summary>
    public const string Type = "type";

    /// <summary>A volume's size in GiB.</summary>
    public const string SizeGb = "sizeGb";

    /// <summary>An Elastic IP's public address; an interface's IPv6 addresses, separated by spaces.</summary>
    public const string Address = "address";

    /// <summary>The id of an Elastic IP's association; absent without one.</summary>
    public const string Association = "association";

    /// <summary>The VPC that it is in, or is attached to.</summary>
    public const string Vpc = "vpc";

    // Of a health check: the DNS name that it probes, and a protocol like HTTPS.
    public const string Domain = "domain";
    public const string Protocol = "protocol";

    // Of a DNS record: the id of its hosted zone, its type, its time to live in seconds, and its values, one per line.
    public const string Zone = "zone";
    public const string RecordType = "recordType";
    public const string Ttl = "ttl";
    public const string Values = "values";
}
