using System.Xml.Linq;
using Causeway.Blueprint.Account;

namespace Causeway.Ops.Account;

/// <summary>Route 53's hosted zones and their records, by name.</summary>
internal sealed class HostedZones(AwsSession session)
{
    // One page, enough for all types and weighted records of a name.
    private const string OfOneName = "100";

    private readonly SignedHttp _http = Route53.Http(session);

    /// <summary>The public zones of a name.</summary>
    public async Task<IReadOnlyList<FoundZone>> FindAsync(string name, CancellationToken cancellation)
    {
        // The list is ordered by name and starts with this one ("ListHostedZonesByName").
        var listed = await GetAsync($"{Route53.Version}/hostedzonesbyname", [("dnsname", name), ("maxitems", OfOneName)], cancellation);
        return [.. Route53.PublicZones(listed).Where(zone => zone.Name == name)];
    }

    /// <summary>A zone's records of one name.</summary>
    public async Task<IReadOnlyList<ListedRecord>> RecordsAsync(FoundZone zone, string name, CancellationToken cancellation)
    {
        // The list is ordered by name and starts with this one ("ListResourceRecordSets").
        var listed = await GetAsync(Route53.RecordsOf(zone.Id), [("name", name), ("maxitems", OfOneName)], cancellation);
        return [.. Route53.RecordSets(listed).Select(Route53.Record).Where(record => record.PlainName == name)];
    }

    private async Task<XElement> GetAsync(string path, IReadOnlyList<(string, string)> query, CancellationToken cancellation) =>
        Route53.Parse(await _http.SendAsync(HttpMethod.Get, path, query, [], "", cancellation));
}
