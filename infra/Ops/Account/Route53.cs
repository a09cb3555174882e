using System.Xml.Linq;
using Causeway.Blueprint.Account;

namespace Causeway.Ops.Account;

/// <summary>
/// Requests and responses of Route 53 (API reference, 2013-04-01), a global service in us-east-1.
/// </summary>
internal static class Route53
{
    public const string Version = "/2013-04-01";

    public static SignedHttp Http(AwsSession session) =>
        new(session, "route53", "ROUTE_53", SignedHosts.Of(session, "route53", null), SignedHosts.Global);

    public static XElement Parse(string answer) => SignedXml.Parse(answer, "Route 53");

    /// <summary>The path of a zone's records.</summary>
    public static string RecordsOf(string zone) => $"{Version}/hostedzone/{Uri.EscapeDataString(zone)}/rrset";

    /// <summary>The public zones of a list.</summary>
    public static IEnumerable<FoundZone> PublicZones(XElement list) => list.All("HostedZone")
        .Where(zone => zone.All("PrivateZone").All(flag => flag.Value != "true"))
        .Select(zone => new FoundZone(zone.Text("Id")!.Split('/')[^1], zone.Text("Name")!.TrimEnd('.')));

    public static IEnumerable<XElement> RecordSets(XElement list) => list.All("ResourceRecordSet");

    public static ListedRecord Record(XElement set) =>
        new(set.Text("Name") ?? "", set.Text("Type") ?? "", [.. set.All("Value").Select(value => value.Value)]);
}
