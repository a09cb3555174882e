using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Route53;

/// <summary>Route 53 (API of 2013-04-01): zones with their records, and health checks, one for the whole world.</summary>
public sealed partial class Route53Api(CloudTable<CloudZone> zones, CloudTable<CloudHealthCheck> checks, Injection injected) : AwsApi
{
    private const string Schema = "https://route53.amazonaws.com/doc/2013-04-01/";

    private readonly Dictionary<string, (CloudZone Zone, int Left)> _changes = [];

    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>How often a change is asked after before it is in sync.</summary>
    public int LooksUntilInSync { get; set; }

    /// <inheritdoc />
    public override string Service => "route53";

    /// <inheritdoc />
    public override string Home => AwsCloud.GlobalRegion;

    /// <inheritdoc />
    public override string ActionOf(AwsRequest request) => (request.Method, request.Segments) switch
    {
        ("GET", [_, "hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", [_, "hostedzone"]) => "ListHostedZones",
        ("GET", [_, "hostedzone", _]) => "GetHostedZone",
        ("GET", [_, "hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        ("POST", [_, "hostedzone", _, "rrset"]) => "ChangeResourceRecordSets",
        ("GET", [_, "change", _]) => "GetChange",
        ("GET", [_, "healthcheck"]) => "ListHealthChecks",
        ("GET", [_, "healthcheck", _]) => "GetHealthCheck",
        ("DELETE", [_, "healthcheck", _]) => "DeleteHealthCheck",
        ("GET", [_, "tags", _, _]) => "ListTagsForResource",
        ("POST", [_, "tags", _]) => "ListTagsForResources",
        ("POST", [_, "tags", _, _]) => "ChangeTagsForResource",
        _ => $"{request.Method} {request.Path}",
    };

    /// <inheritdoc />
    public override AwsReply Answer(ApiCall call)
    {
        if (call.Request.Segments.FirstOrDefault() != "2013-04-01")
            throw AwsRefusedException.Fault("InvalidInput", $"the version of the API in {call.Request.Path}");
        var id = call.Request.Segments.ElementAtOrDefault(2) ?? "";
        var content = call.Name switch
        {
            "ListHostedZonesByName" => ZonesByName(call),
            "ListHostedZones" => Page(call, "HostedZones", zones.Read(), seen => OfZone(seen.Resource)),
            "GetHostedZone" => OfZone(Zone(id)),
            "ListResourceRecordSets" => ListRecords(call, Zone(id)),
            "ChangeResourceRecordSets" => ChangeRecords(Body(call, "ChangeResourceRecordSetsRequest"), Zone(id)),
            "GetChange" => Change(id),
            "ListHealthChecks" => Page(call, "HealthChecks", checks.Read(), seen => OfCheck(seen.Resource)),
            "GetHealthCheck" => OfCheck(Check(id)),
            "DeleteHealthCheck" => DeleteCheck(id),
            "ListTagsForResource" => TagSet(call.Request.Segments[2], Tagged(call.Request.Segments[2], call.Request.Segments[3])),
            "ListTagsForResources" => In("ResourceTagSets", Ids(call).Select(one => TagSet(id, Tagged(id, one)))),
            "ChangeTagsForResource" => ChangeTags(Body(call, "ChangeTagsForResourceRequest"), Tagged(id, call.Request.Segments[3])),
            _ => throw AwsRefusedException.Fault("InvalidAction", call.Name, 404),
        };
        return AwsReply.Xml(200, $"<{call.Name}Response xmlns=\"{Schema}\">{content}</{call.Name}Response>");
    }

    /// <inheritdoc />
    public override AwsReply Error(AwsRefusedException refusal) => QueryApi.ErrorResponse(Schema, refusal);

    private static XElement Body(ApiCall call, string name)
    {
        try
        {
            var root = XDocument.Parse(call.Request.Text).Root!;
            return root.Name == XName.Get(name, Schema)
                ? root
                : throw AwsRefusedException.Fault("InvalidInput", $"{root.Name} instead of {name}");
        }
        catch (XmlException cause)
        {
            throw AwsRefusedException.Fault("InvalidInput", cause.Message);
        }
    }

    private CloudZone Zone(string id) =>
        zones.Find(id, () => new(404, "NoSuchHostedZone", $"No hosted zone found with ID: {id}"));

    private CloudHealthCheck Check(string id) =>
        checks.Find(id, () => new(404, "NoSuchHealthCheck", $"A health check with id {id} does not exist."));

    private string DeleteCheck(string id)
    {
        checks.Remove(Check(id));
        return "";
    }

    private string Page<T>(ApiCall call, string list, IEnumerable<Seen<T>> all, Func<Seen<T>, string> item) where T : CloudResource
    {
        var most = Most(call, 100);
        var (page, next) = Paging.Cut(
            all, CloudTable<T>.OrderOf, call.Request.Parameters.GetValueOrDefault("marker"), int.Min(most, PageSize),
            () => AwsRefusedException.Fault("InvalidInput", "The marker is not valid"));
        return In(list, page.Select(item)) + E("IsTruncated", next is not null) + E("NextMarker", next) + E("MaxItems", most);
    }

    private static int Most(ApiCall call, int limit)
    {
        if (!call.Request.Parameters.TryGetValue("maxitems", out var text)) return limit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most >= 1
            ? int.Min(most, limit)
            : throw AwsRefusedException.Fault("InvalidInput", $"maxitems {text}");
    }

    private static string OfCheck(CloudHealthCheck check) => In("HealthCheck",
        E("Id", check.Id), E("CallerReference", check.Id),
        In("HealthCheckConfig",
            E("IPAddress", check.Ip), E("Port", check.Port), E("Type", "HTTPS"), E("ResourcePath", check.Path),
            E("FullyQualifiedDomainName", check.Host), E("RequestInterval", 30), E("FailureThreshold", 3)),
        E("HealthCheckVersion", 1));
}
