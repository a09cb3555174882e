using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Causeway.Ops.Tests.Account;

/// <summary>Route 53 (API of 2013-04-01): zones and their records, ordered by name from the one that is asked for on.</summary>
internal sealed class AwsRoute53
{
    private const string Schema = "https://route53.amazonaws.com/doc/2013-04-01/";

    public sealed record Zone(string Id, string Name, bool Private = false);

    public sealed record Record(string Name, string Type, params string[] Values);

    /// <summary>The account's zones.</summary>
    public List<Zone> Zones { get; } = [];

    /// <summary>The records of each of them.</summary>
    public List<Record> Records { get; } = [];

    public static string ActionOf(HttpRequest request) => (request.Method, Segments(request)) switch
    {
        ("GET", ["2013-04-01", "hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", ["2013-04-01", "hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        _ => $"{request.Method} {request.Path}",
    };

    public static AwsReply Error(int status, string code, string message) => AwsReply.Xml(status, $"""
        <ErrorResponse xmlns="{Schema}"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>{WebUtility.HtmlEncode(message)}</Message></Error>
        <RequestId>r</RequestId></ErrorResponse>
        """);

    public AwsReply Answer(HttpRequest request, Func<int, string, string, AwsReply> fault)
    {
        var zones = ActionOf(request) == "ListHostedZonesByName";
        if (!zones && ActionOf(request) != "ListResourceRecordSets") return fault(404, "InvalidAction", ActionOf(request));
        var most = int.Parse(request.Query["maxitems"].FirstOrDefault() ?? "100", CultureInfo.InvariantCulture);
        if (most < 1 || most > (zones ? 100 : 300)) return fault(400, "InvalidInput", $"maxitems {most}");
        if (zones)
        {
            var first = request.Query["dnsname"];
            return List("ListHostedZonesByName", "HostedZones", From(Zones, zone => zone.Name, first).Take(most).Select(OfZone));
        }

        var id = Segments(request)[2];
        var records = From(Records, record => record.Name, request.Query["name"]).Take(most);
        return Zones.Any(zone => zone.Id == id)
            ? List("ListResourceRecordSets", "ResourceRecordSets", records.Select(OfRecord))
            : fault(404, "NoSuchHostedZone", $"No hosted zone found with ID: {id}");
    }

    private static string[] Segments(HttpRequest request) => request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);

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
