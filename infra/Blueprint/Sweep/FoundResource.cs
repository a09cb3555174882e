using Causeway.Blueprint.Naming;

namespace Causeway.Blueprint.Sweep;

/// <summary>A resource that was found in an account.</summary>
public sealed record FoundResource
{
    /// <summary>The region of what belongs to none: IAM and Route 53.</summary>
    public const string Global = "global";

    /// <summary>What kind of resource it is: one of <see cref="SweepKinds"/>, as <see cref="Inventory"/> calls it.</summary>
    public required string Kind { get; init; }

    /// <summary>What AWS's calls know it by: an id (<c>i-0123</c>), an ARN (topics, secrets) or a name (buckets, roles).</summary>
    public required string Id { get; init; }

    /// <summary>Its name for people; <see cref="Id"/> where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The region that it is in; <see cref="Global"/> for IAM and Route 53.</summary>
    public required string Region { get; init; }

    /// <summary>Its tags; null when they could not be read, and for DNS records, which have none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Why its tags could not be read; null when they were.</summary>
    public string? Unread { get; init; }

    /// <summary>When it was made; null where AWS does not tell.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What AWS says of it now, as <c>running</c>; null where it says nothing.</summary>
    public string? State { get; init; }

    /// <summary>What else the price or the removal depends on, by the names of <see cref="Fact"/>.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>The stack that a resource without tags of its own belongs to, shown otherwise: a DNS record by its address.</summary>
    public FoundResource? Proof { get; init; }

    /// <summary>Its tags as the project reads them: its own, or those of <see cref="Proof"/>; null when they could not be read.</summary>
    public StackTags? StackTags => (Tags ?? Proof?.Tags) is { } tags ? Naming.StackTags.Read(tags) : null;

    /// <summary>One of <see cref="Facts"/>; null when it is not known.</summary>
    public string? Get(string fact) => Facts.GetValueOrDefault(fact);
}

/// <summary>The names of <see cref="FoundResource.Facts"/>.</summary>
public static class Fact
{
    /// <summary>An instance's or a volume's type.</summary>
    public const string Type = "type";

    /// <summary>A volume's size in GiB.</summary>
    public const string SizeGb = "sizeGb";

    /// <summary>An Elastic IP's public address; an interface's IPv6 addresses, with spaces between them.</summary>
    public const string Address = "address";

    /// <summary>The id of an Elastic IP's association; not there when it is not associated.</summary>
    public const string Association = "association";

    /// <summary>The DNS name that a health check asks.</summary>
    public const string Domain = "domain";

    /// <summary>A health check's protocol, as <c>HTTPS</c>.</summary>
    public const string Protocol = "protocol";

    /// <summary>The VPC that it is in, or is attached to.</summary>
    public const string Vpc = "vpc";

    /// <summary>The id of a record's hosted zone.</summary>
    public const string Zone = "zone";

    /// <summary>A record's type, as <c>A</c>.</summary>
    public const string RecordType = "recordType";

    /// <summary>A record's time to live in seconds.</summary>
    public const string Ttl = "ttl";

    /// <summary>A record's values, a line each.</summary>
    public const string Values = "values";
}
