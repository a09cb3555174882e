using Causeway.Blueprint.Naming;

namespace Causeway.Blueprint.Sweep;

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

    public string? Get(string fact) => Facts.GetValueOrDefault(fact);
}

/// <summary>The names of <see cref="FoundResource.Facts"/>.</summary>
public static class Fact
{
    public const string Type = "type";                 // of an instance or a volume
    public const string SizeGb = "sizeGb";             // of a volume, in GiB
    public const string Address = "address";           // an Elastic IP; an interface's IPv6 addresses, separated by spaces
    public const string Association = "association";   // of an Elastic IP; absent without one
    public const string Vpc = "vpc";                   // that it is in, or is attached to
    public const string Domain = "domain";             // the DNS name that a health check probes
    public const string Protocol = "protocol";         // of a health check, like HTTPS
    public const string Zone = "zone";                 // the id of a DNS record's hosted zone
    public const string RecordType = "recordType";     // like A
    public const string Ttl = "ttl";                   // of a DNS record, in seconds
    public const string Values = "values";             // of a DNS record, one per line
}
