namespace Causeway.Tests.Support.Aws.Route53;

/// <summary>A hosted zone with its records.</summary>
public sealed class CloudZone : CloudResource
{
    /// <summary>How many records there may be.</summary>
    public const int MaxRecords = 10_000;

    public override string Arn => $"arn:aws:route53:::hostedzone/{Id}";

    public override string TaggingType => "route53:hostedzone";

    /// <summary>The domain, without a dot at the end.</summary>
    public required string Domain { get; init; }

    public bool Private { get; init; }

    /// <summary>The records, with those that AWS makes with each zone.</summary>
    public List<CloudRecord> Records { get; } = [];

    /// <summary>The records as the zone's name servers have them: a change reaches them when it is in sync.</summary>
    public IReadOnlyList<CloudRecord> Served { get; private set; } = [];

    /// <summary>The TXT records of a name that the name servers have, without their quotes.</summary>
    /// <param name="name">The name, in any case, with or without a dot at the end.</param>
    public IEnumerable<string> Texts(string name) => Served
        .Where(record => record.Type == "TXT" && record.Name.Equals(name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase))
        .SelectMany(record => record.Values.Select(value => value.Trim('"')));

    internal void Spread() => Served = [.. Records];

    /// <summary>Adds the records that AWS makes with each zone.</summary>
    public CloudZone WithOwnRecords()
    {
        Records.Add(new(Domain, "NS", 172800, ["ns-1.awsdns-01.org.", "ns-2.awsdns-02.co.uk."]));
        Records.Add(new(Domain, "SOA", 900, ["ns-1.awsdns-01.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]));
        return this;
    }
}

/// <summary>The records of a name and a type.</summary>
/// <param name="Name">The name in lower case, without a dot at the end.</param>
/// <param name="Type">The type, as <c>A</c>.</param>
/// <param name="Ttl">Seconds; 0 for an alias.</param>
/// <param name="Values">The values; none for an alias.</param>
/// <param name="Alias">What an alias points to.</param>
public sealed record CloudRecord(string Name, string Type, int Ttl, IReadOnlyList<string> Values, string? Alias = null)
{
    /// <summary>Whether another has the same name and type.</summary>
    public bool Names(CloudRecord other) => (Name, Type) == (other.Name, other.Type);

    /// <summary>Whether another is the same in all: what a deletion must match.</summary>
    public bool Matches(CloudRecord other) => Names(other) && Ttl == other.Ttl && Alias == other.Alias
        && Values.Order(StringComparer.Ordinal).SequenceEqual(other.Values.Order(StringComparer.Ordinal));

    /// <summary>What records are ordered by: the name's labels from the right, then the type ("ListResourceRecordSets").</summary>
    public string Order => $"{string.Join('.', Name.Split('.').Reverse())} {Type}";
}

/// <summary>A health check.</summary>
public sealed class CloudHealthCheck : CloudResource
{
    public override string Arn => $"arn:aws:route53:::healthcheck/{Id}";

    public override string TaggingType => "route53:healthcheck";

    public string? Host { get; init; }

    public string? Ip { get; init; }

    public int Port { get; init; } = 443;

    public string Path { get; init; } = "/";
}
