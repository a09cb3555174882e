using System.Globalization;
using System.Net;

namespace Causeway.Ops.Tests.Account;

/// <summary>Route 53 (API of 2013-04-01): zones and their records, ordered by name from the one that is asked for on.</summary>
internal sealed class AwsRoute53 : AwsApi
{
    private const string Schema = "https://route53.amazonaws.com/doc/2013-04-01/";

    public sealed record Zone(string Id, string Name, bool Private = false);

    public sealed record Record(string Name, string Type, params string[] Values);

    /// <summary>The account's zones.</summary>
    public List<Zone> Zones { get; } = [];

    /// <summary>The records of each of them.</summary>
    public List<Record> Records { get; } = [];

    public override string Service => "route53";

    public override string Home => "us-east-1";

    public override string ActionOf(AwsRequest request) => (request.Method, request.Segments) switch
    {
        ("GET", ["2013-04-01", "hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", ["2013-04-01", "hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        _ => $"{request.Method} {request.Path}",
    };

    public override AwsReply Error(AwsRefusal refusal) => QueryApi.ErrorResponse(Schema, refusal);

    public override AwsReply Answer(ApiCall call)
    {
        var asked = call.Request.Parameters;
        var zones = call.Name == "ListHostedZonesByName";
        if (!zones && call.Name != "ListResourceRecordSets") throw AwsRefusal.Fault("InvalidAction", call.Name, 404);
        var most = int.Parse(asked.GetValueOrDefault("maxitems", "100"), CultureInfo.InvariantCulture);
        if (most < 1 || most > (zones ? 100 : 300)) throw AwsRefusal.Fault("InvalidInput", $"maxitems {most}");
        if (zones)
        {
            var first = asked.GetValueOrDefault("dnsname");
            return List("ListHostedZonesByName", "HostedZones", From(Zones, zone => zone.Name, first).Take(most).Select(OfZone));
        }

        var id = call.Request.Segments[2];
        var records = From(Records, record => record.Name, asked.GetValueOrDefault("name")).Take(most);
        return Zones.Any(zone => zone.Id == id)
            ? List("ListResourceRecordSets", "ResourceRecordSets", records.Select(OfRecord))
            : throw AwsRefusal.Fault("NoSuchHostedZone", $"No hosted zone found with ID: {id}", 404);
    }

    private static AwsReply List(string action, string list, IEnumerable<string> items) => AwsReply.Xml(200,
        $"<{action}Response xmlns=\"{Schema}\"><{list}>{string.Concat(items)}</{list}><IsTruncated>false</IsTruncated></{action}Response>");

    private static string OfZone(Zone zone) => $"""
        <HostedZone><Id>/hostedzone/{zone.Id}</Id><Name>{zone.Name}.</Name><CallerReference>c</CallerReference>
        <Config><PrivateZone>{(zone.Private ? "true" : "false")}</PrivateZone></Config></HostedZone>
        """;

    private static string OfRecord(Record record)
    {
        var values = string.Concat(record.Values.Select(WebUtility.HtmlEncode)
            .Select(value => $"<ResourceRecord><Value>{value}</Value></ResourceRecord>"));
        var content = values.Length == 0
            ? "<AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>d1.cloudfront.net.</DNSName></AliasTarget>"
            : $"<TTL>60</TTL><ResourceRecords>{values}</ResourceRecords>";
        var name = record.Name.Replace("*", @"\052", StringComparison.Ordinal);
        return $"<ResourceRecordSet><Name>{name}.</Name><Type>{record.Type}</Type>{content}</ResourceRecordSet>";
    }

    // By labels from the right: org, example.org, call.example.org ("ListResourceRecordSets", sort order).
    private static IEnumerable<T> From<T>(IEnumerable<T> all, Func<T, string> name, string? first) => all
        .Select(one => (One: one, Key: Reversed(name(one))))
        .Where(pair => string.CompareOrdinal(pair.Key, Reversed(first ?? "")) >= 0)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => pair.One);

    private static string Reversed(string name) => string.Join('.', name.TrimEnd('.').Split('.').Reverse());
}
