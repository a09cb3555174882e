using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Causeway.Blueprint.Account;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>
/// Route 53 records. They have no tags: a record belongs to a stack if each of its values is an Elastic IP of that stack, or an IPv6
/// address of one of its interfaces. A record with one of the stack's names that points elsewhere is reported.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="calls">Sends requests.</param>
/// <param name="readAddress">Reads the current state of an address or interface.</param>
internal sealed partial class RecordSweeper(
    AwsSession session, SweepCalls calls, Func<FoundResource, CancellationToken, Task<FoundResource?>> readAddress) : ISweeper
{
    // If a stack's domain is unknown, all zones are searched, up to this number.
    private const int MostZones = 20;

    private sealed record RecordSet(string Name, string Type, long? Ttl, IReadOnlyList<string> Values, bool Plain);

    private readonly SignedHttp _http = Route53.Http(session);
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<FoundZone>>? _zones;

    public string Region => FoundResource.Global;

    public IReadOnlyList<string> Kinds { get; } = [SweepKinds.Record];

    public Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<FoundResource>>([]); // The overload finds a stack's records by its addresses.

    /// <summary>
    /// Finds a stack's records, and records with its names that point elsewhere, which have no <see cref="FoundResource.Proof"/>.
    /// </summary>
    /// <param name="stack">The stack.</param>
    /// <param name="domain">The stack's domain; null if it has none, or if it is unknown.</param>
    /// <param name="cancellation">Cancels the search.</param>
    /// <exception cref="RefusedException">They can't be listed.</exception>
    public async Task<IReadOnlyList<FoundResource>> FindAsync(FoundStack stack, string? domain, CancellationToken cancellation)
    {
        var addresses = stack.Of(SweepKinds.ElasticIp).Concat(stack.Of(SweepKinds.NetworkInterface)).SelectMany(resource =>
            (resource.Get(Fact.Address) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => (Address: IPAddress.Parse(text), Resource: resource)));
        var own = addresses.GroupBy(pair => pair.Address).ToDictionary(same => same.Key, same => same.First().Resource);
        if (own.Count == 0 && domain is null) return [];

        var zones = await ZonesAsync(cancellation);
        IReadOnlyList<FoundZone> within =
            [.. zones.Where(zone => domain is null || domain == zone.Name || domain.EndsWith($".{zone.Name}", StringComparison.Ordinal))];
        if (domain is null && within.Count > MostZones)
            throw new RefusedException(RefusalKind.Final,
                $"the stack's domain is unknown, and the account has more than {MostZones} hosted zones");
        var found = await Task.WhenAll(within.Select(async zone =>
            (await ListAsync(zone, domain, cancellation)).Select(record => Of(record, zone, own, domain)).OfType<FoundResource>()));
        return [.. found.SelectMany(some => some)];
    }

    public Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation) => Pages.OrGoneAsync(async () =>
    {
        var page = await PageAsync(found.Get(Fact.Zone)!, [("name", found.Name), ("type", found.Get(Fact.RecordType)!), ("maxitems", "1")],
            cancellation);
        // A record with another value is another record.
        var same = page.Sets is [var set, ..] && set.Name == found.Name && set.Type == found.Get(Fact.RecordType)
            && string.Join('\n', set.Values) == found.Get(Fact.Values);
        if (!same) return null;
        var proof = found.Proof is null ? null : await readAddress(found.Proof, cancellation);
        return found with { Proof = proof, Unread = proof is null ? "the address that it points to doesn't exist any more" : null };
    });

    public Task RemoveAsync(FoundResource found, CancellationToken cancellation)
    {
        XNamespace route53 = "https://route53.amazonaws.com/doc/2013-04-01/";
        var values = found.Get(Fact.Values)!.Split('\n').Select(value =>
            new XElement(route53 + "ResourceRecord", new XElement(route53 + "Value", value)));
        var set = new XElement(route53 + "ResourceRecordSet",
            new XElement(route53 + "Name", found.Name), new XElement(route53 + "Type", found.Get(Fact.RecordType)),
            new XElement(route53 + "TTL", found.Get(Fact.Ttl)),
            new XElement(route53 + "ResourceRecords", values));
        var change = new XElement(route53 + "Change", new XElement(route53 + "Action", "DELETE"), set);
        var body = new XElement(route53 + "ChangeResourceRecordSetsRequest",
            new XElement(route53 + "ChangeBatch", new XElement(route53 + "Changes", change))).ToString(SaveOptions.DisableFormatting);
        var path = $"{Route53.RecordsOf(found.Get(Fact.Zone)!)}/";
        return calls.AskAsync("route53:ChangeResourceRecordSets", limit => _http.SendAsync(
            HttpMethod.Post, path, [], [("content-type", "application/xml")], body, limit), cancellation);
    }

    private static FoundResource? Of(RecordSet record, FoundZone zone, Dictionary<IPAddress, FoundResource> own, string? domain)
    {
        // Stacks only have plain records with values.
        if (!record.Plain) return null;
        var owners = record.Type is "A" or "AAAA"
            ? record.Values.Select(value => IPAddress.TryParse(value, out var address) ? own.GetValueOrDefault(address) : null).ToList()
            : [];
        var proof = owners.Count > 0 && owners.All(owner => owner is not null) ? owners[0] : null;
        if (proof is null && !IsPlanned(record, domain)) return null;
        return new()
        {
            Kind = SweepKinds.Record,
            Id = $"{zone.Id} {record.Name} {record.Type}",
            Name = record.Name,
            Region = FoundResource.Global,
            State = $"{record.Type} {string.Join(", ", record.Values)}",
            Proof = proof,
            Unread = proof is null ? $"it has no tags and points to {string.Join(", ", record.Values)}, not to the stack" : null,
            Facts = new Dictionary<string, string>
            {
                [Fact.Zone] = zone.Id,
                [Fact.RecordType] = record.Type,
                [Fact.Ttl] = $"{record.Ttl}",
                [Fact.Values] = string.Join('\n', record.Values),
            },
        };
    }

    // The names of a stack with this domain: the domain, relays, and the certificate's challenge, whose record the host deletes itself.
    private static bool IsPlanned(RecordSet record, string? domain) => domain is not null && (record.Type is "A" or "AAAA"
        ? record.Name == domain || (record.Name.EndsWith($".{domain}", StringComparison.Ordinal)
            && Relay().IsMatch(record.Name[..^(domain.Length + 1)]))
        : record.Type == "TXT" && record.Name == $"_acme-challenge.{domain}");

    private Task<IReadOnlyList<FoundZone>> ZonesAsync(CancellationToken cancellation)
    {
        lock (_lock) return _zones ??= Pages.AllAsync<FoundZone>(async next =>
        {
            var answer = await calls.AskAsync("route53:ListHostedZones", limit => _http.SendAsync(
                HttpMethod.Get, $"{Route53.Version}/hostedzone",
                next is null ? [("maxitems", "100")] : [("marker", next), ("maxitems", "100")], [], "", limit), cancellation);
            var page = Route53.Parse(answer);
            return (Route53.PublicZones(page), page.Text("NextMarker"));
        });
    }

    // Route 53 orders names by label from the end, so those below a domain follow it.
    private async Task<IReadOnlyList<RecordSet>> ListAsync(FoundZone zone, string? domain, CancellationToken cancellation)
    {
        (string Name, string Value)[] from = domain is null ? [] : [("name", domain)];
        return await Pages.AllAsync<RecordSet>(async next =>
        {
            var page = await PageAsync(zone.Id, [.. next is null ? from : Next(next), ("maxitems", "300")], cancellation);
            var below = page.Sets
                .Where(set => domain is null || set.Name == domain || set.Name.EndsWith($".{domain}", StringComparison.Ordinal)).ToList();
            return (below, below.Count == page.Sets.Count ? page.Next : null);
        });

        static (string, string)[] Next(string next) =>
        [
            .. next.Split('\n').Zip(["name", "type", "identifier"]).Select(pair => (pair.Second, pair.First))
                .Where(pair => pair.First.Length > 0),
        ];
    }

    private async Task<(IReadOnlyList<RecordSet> Sets, string? Next)> PageAsync(
        string zone, IReadOnlyList<(string, string)> query, CancellationToken cancellation)
    {
        var answer = await calls.AskAsync("route53:ListResourceRecordSets", limit => _http.SendAsync(
            HttpMethod.Get, Route53.RecordsOf(zone), query, [], "", limit), cancellation);
        var page = Route53.Parse(answer);
        var sets = Route53.RecordSets(page).Select(set =>
        {
            var listed = Route53.Record(set);
            long? ttl = long.TryParse(set.Text("TTL"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
            var plain = ttl is not null && listed.Values.Count > 0 && set.Text("SetIdentifier") is null;
            return new RecordSet(listed.PlainName, listed.Type, ttl, listed.Values, plain);
        }).ToList();
        var next = page.Text("IsTruncated") == "true"
            ? $"{page.Text("NextRecordName")}\n{page.Text("NextRecordType")}\n{page.Text("NextRecordIdentifier")}" : null;
        return (sets, next);
    }

    [GeneratedRegex("^relay-[0-9a-f]{10}$")]
    private static partial Regex Relay();
}
