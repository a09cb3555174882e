using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Causeway.Tests.Support.Aws.Boot;

/// <summary>Route 53 with one hosted zone (API of 2013-04-01): what a client of ACME needs to answer a DNS challenge.</summary>
/// <param name="domain">The zone's domain.</param>
public sealed class Route53(string domain) : IAwsApi
{
    private const string Schema = "https://route53.amazonaws.com/doc/2013-04-01/";
    private static readonly XNamespace Names = Schema;
    private readonly ConcurrentDictionary<(string Name, string Type), (string Ttl, IReadOnlyList<string> Values)> _records = new();
    private volatile Dictionary<(string Name, string Type), (string Ttl, IReadOnlyList<string> Values)> _spread = [];
    private int _changes, _looks;

    /// <summary>The zone's id.</summary>
    public const string Zone = "Z0123456789LABZONE";

    public string Service => "route53";

    /// <summary>It is one for the whole world, and signed for its home region.</summary>
    public string Region => "us-east-1";

    public string HostName => "route53.amazonaws.com";

    /// <summary>How often a change is looked at before it is in sync: no name server has it until then.</summary>
    public int LooksUntilInSync { get; init; }

    /// <summary>The TXT records of a name as the zone's name servers have them, without their quotes.</summary>
    public IEnumerable<string> Texts(string name) => _spread.TryGetValue((Normalized(name), "TXT"), out var record) ? record.Values.Select(value => value.Trim('"')) : [];

    /// <summary>The names that have records now.</summary>
    public IReadOnlyCollection<string> RecordNames => [.. _records.Keys.Select(key => key.Name)];

    public AwsCall Read(HttpRequest request, byte[] body)
    {
        var path = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method, path) switch
        {
            ("GET", [_, "hostedzonesbyname"]) => new("ListHostedZonesByName", "*", ListZones),
            ("GET", [_, "hostedzone", var zone, "rrset"]) => new("ListResourceRecordSets", $"hostedzone/{zone}", () => List(request.Query["name"].ToString(), request.Query["type"].ToString())),
            ("POST", [_, "hostedzone", var zone, "rrset"]) => Change(zone, XDocument.Parse(Encoding.UTF8.GetString(body))),
            ("GET", [_, "change", var id]) => new("GetChange", $"change/{id}", () => Answer("GetChangeResponse", ChangeInfo(id, Look() ? "INSYNC" : "PENDING"))),
            _ => new($"{request.Method} {request.Path}", "", () => Error(404, "InvalidAction", "the lab knows no such call")),
        };
    }

    public AwsAnswer Error(int status, string code, string message) => AwsAnswer.Xml(status,
        $"<ErrorResponse xmlns=\"{Schema}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{WebUtility.HtmlEncode(message)}</Message></Error><RequestId>lab</RequestId></ErrorResponse>");

    private AwsAnswer ListZones() => Answer("ListHostedZonesByNameResponse", $"""
        <HostedZones><HostedZone><Id>/hostedzone/{Zone}</Id><Name>{domain}.</Name><CallerReference>lab</CallerReference><Config><PrivateZone>false</PrivateZone></Config></HostedZone></HostedZones>
        <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>
        """);

    // Ordered by name, then type, from what was asked for on ("ListResourceRecordSets"); with so few, the order of the names' own letters does.
    private AwsAnswer List(string name, string type) => Answer("ListResourceRecordSetsResponse", $"""
        <ResourceRecordSets>{string.Concat(_records.OrderBy(record => record.Key)
            .Where(record => record.Key.CompareTo((Normalized(name), type)) >= 0)
            .Select(record => $"<ResourceRecordSet><Name>{record.Key.Name}.</Name><Type>{record.Key.Type}</Type><TTL>{record.Value.Ttl}</TTL><ResourceRecords>{string.Concat(
                record.Value.Values.Select(value => $"<ResourceRecord><Value>{value}</Value></ResourceRecord>"))}</ResourceRecords></ResourceRecordSet>"))}</ResourceRecordSets>
        <IsTruncated>false</IsTruncated><MaxItems>300</MaxItems>
        """);

    private AwsCall Change(string zone, XDocument asked)
    {
        var changes = asked.Descendants(Names + "Change").Select(change => (
            Action: change.Element(Names + "Action")!.Value,
            Name: Normalized(change.Descendants(Names + "Name").Single().Value),
            Type: change.Descendants(Names + "Type").Single().Value,
            Ttl: change.Descendants(Names + "TTL").Single().Value,
            Values: (IReadOnlyList<string>)[.. change.Descendants(Names + "Value").Select(value => value.Value)])).ToList();
        return new("ChangeResourceRecordSets", $"hostedzone/{zone}", () =>
        {
            foreach (var (action, name, type, ttl, values) in changes)
            {
                if (action == "UPSERT") _records[(name, type)] = (ttl, values);
                // Only a record as it stands there can be deleted.
                else if (action != "DELETE" || !_records.TryGetValue((name, type), out var there) || !there.Values.SequenceEqual(values) || !_records.TryRemove((name, type), out _))
                    return Error(400, "InvalidChangeBatch", $"{action} {name} {type}: there is no such record");
            }

            _looks = 0;
            if (LooksUntilInSync == 0) Spread();
            return Answer("ChangeResourceRecordSetsResponse", ChangeInfo($"C{Interlocked.Increment(ref _changes)}", "PENDING"));
        })
        {
            // "Using IAM policy conditions for fine-grained access control" in the Route 53 developer guide.
            Context = new Dictionary<string, IReadOnlyList<string>>
            {
                ["route53:ChangeResourceRecordSetsNormalizedRecordNames"] = [.. changes.Select(change => change.Name)],
                ["route53:ChangeResourceRecordSetsRecordTypes"] = [.. changes.Select(change => change.Type)],
                ["route53:ChangeResourceRecordSetsActions"] = [.. changes.Select(change => change.Action)],
            },
        };
    }

    private bool Look()
    {
        if (Interlocked.Increment(ref _looks) <= LooksUntilInSync) return false;
        Spread();
        return true;
    }

    private void Spread() => _spread = _records.ToDictionary();

    private static string ChangeInfo(string id, string status) =>
        $"<ChangeInfo><Id>/change/{id}</Id><Status>{status}</Status><SubmittedAt>{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}</SubmittedAt></ChangeInfo>";

    private static AwsAnswer Answer(string name, string content) => AwsAnswer.Xml(200, $"<{name} xmlns=\"{Schema}\">{content}</{name}>");

    // Lower case, without the dot at the end.
    private static string Normalized(string name) => name.TrimEnd('.').ToLowerInvariant();
}
