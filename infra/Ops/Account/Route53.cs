using System.Xml.Linq;
using Causeway.Blueprint.Account;

namespace Causeway.Ops.Account;

/// <summary>
/// Route 53's requests and answers (Route 53 API reference, 2013-04-01). It is one service for all regions, in us-east-1.
/// </summary>
internal static class Route53
{
    /// <summary>What its paths begin with.</summary>
    public const string Version = "/2013-04-01";

    /// <summary>Sends its requests.</summary>
    public static SignedHttp Http(AwsSession session) =>
        new(session, "route53", "ROUTE_53", SignedHosts.Of(session, "route53", null), SignedHosts.Global);

    /// <summary>Reads an answer.</summary>
    public static XElement Parse(string answer) => SignedXml.Parse(answer, "Route 53");

    /// <summary>The path of a zone's records.</summary>
    public static string RecordsOf(string zone) => $"{Version}/hostedzone/{Uri.EscapeDataString(zone)}/rrset";

    /// <summary>The public zones of a list.</summary>
    public static IEnumerable<FoundZone> PublicZones(XElement list) => list.All("HostedZone")
        .Where(zone => zone.All("PrivateZone").All(flag => flag.Value != "true"))
        .Select(zone => new FoundZone(zone.Text("Id")!.Split('/')[^1], zone.Text("Name")!.TrimEnd('.')));

    /// <summary>The record sets of a list, as elements.</summary>
    public static IEnumerable<XElement> RecordSets(XElement list) => list.All("ResourceRecordSet");

    /// <summary>A record set's name, type and values.</summary>
    public static ListedRecord Record(XElement set) =>
        new(set.Text("Name") ?? "", set.Text("Type") ?? "", [.. set.All("Value").Select(value => value.Value)]);
}
