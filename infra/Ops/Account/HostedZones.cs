using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Causeway.Blueprint.Account;

namespace Causeway.Ops.Account;

/// <summary>
/// Route 53's hosted zones and their records (Route 53 API reference, 2013-04-01). It is one service for all regions, in us-east-1.
/// </summary>
internal sealed class HostedZones(AwsSession session)
{
    // Enough for every type and every weighted record under one name that people have; one page.
    private const string OfOneName = "100";

    private readonly SignedHttp _http =
        new(session, "route53", "ROUTE_53", $"route53{(session.Fips ? "-fips" : "")}.amazonaws.com", "us-east-1");

    /// <summary>The public zones of a name.</summary>
    public async Task<IReadOnlyList<FoundZone>> FindAsync(string name, CancellationToken cancellation)
    {
        // Ordered by name, from this one on ("ListHostedZonesByName").
        var listed = await GetAsync("/2013-04-01/hostedzonesbyname", [("dnsname", name), ("maxitems", OfOneName)], cancellation);
        return
        [
            .. All(listed, "HostedZone")
                .Where(zone => One(zone, "Name")?.TrimEnd('.') == name && All(zone, "PrivateZone").All(flag => flag.Value != "true"))
                .Select(zone => new FoundZone(One(zone, "Id")!.Split('/')[^1], name)),
        ];
    }

    /// <summary>A zone's records of one name.</summary>
    public async Task<IReadOnlyList<ListedRecord>> RecordsAsync(FoundZone zone, string name, CancellationToken cancellation)
    {
        // Ordered by name, from this one on ("ListResourceRecordSets").
        var path = $"/2013-04-01/hostedzone/{Uri.EscapeDataString(zone.Id)}/rrset";
        var listed = await GetAsync(path, [("name", name), ("maxitems", OfOneName)], cancellation);
        return
        [
            .. All(listed, "ResourceRecordSet")
                .Select(record => new ListedRecord(
                    One(record, "Name") ?? "", One(record, "Type") ?? "", [.. All(record, "Value").Select(value => value.Value)]))
                .Where(record => record.PlainName == name),
        ];
    }

    private async Task<XElement> GetAsync(string path, IReadOnlyList<(string, string)> query, CancellationToken cancellation)
    {
        var answer = await _http.SendAsync(HttpMethod.Get, path, query, [], "", cancellation);
        try
        {
            return XDocument.Parse(answer).Root!;
        }
        catch (XmlException cause)
        {
            throw new AmazonClientException($"Route 53 answered with something else than XML: {cause.Message}", cause);
        }
    }

    private static IEnumerable<XElement> All(XElement parent, string name) =>
        parent.Descendants().Where(element => element.Name.LocalName == name);

    private static string? One(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}
