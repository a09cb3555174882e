using System.Globalization;
using System.Xml.Linq;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Route53;

// Zones and their records.
public sealed partial class Route53Api
{
    private const int MaxChanges = 1000;

    private string ZonesByName(ApiCall call)
    {
        var first = Reversed(call.Request.Parameters.GetValueOrDefault("dnsname", ""));
        var most = int.Min(Most(call, 100), PageSize);
        var found = zones.Read().Select(seen => seen.Resource).Where(zone => string.CompareOrdinal(Reversed(zone.Domain), first) >= 0)
            .OrderBy(zone => Reversed(zone.Domain), StringComparer.Ordinal).ThenBy(zone => zone.Id, StringComparer.Ordinal)
            .SkipWhile(zone => call.Request.Parameters.TryGetValue("hostedzoneid", out var id) && zone.Id != id).ToList();
        var next = found.ElementAtOrDefault(most);
        return In("HostedZones", found.Take(most).Select(OfZone)) + E("IsTruncated", next is not null)
            + E("NextDNSName", next is null ? null : $"{next.Domain}.") + E("NextHostedZoneId", next?.Id) + E("MaxItems", most);
    }

    private static string OfZone(CloudZone zone) => In("HostedZone",
        E("Id", $"/hostedzone/{zone.Id}"), E("Name", $"{zone.Domain}."), E("CallerReference", zone.Id),
        In("Config", E("PrivateZone", zone.Private)), E("ResourceRecordSetCount", zone.Records.Count));

    private string ListRecords(ApiCall call, CloudZone zone)
    {
        var asked = call.Request.Parameters;
        if (asked.ContainsKey("type") && !asked.ContainsKey("name")) throw AwsRefusedException.Fault("InvalidInput", "type without name");
        var first = new CloudRecord(Plain(asked.GetValueOrDefault("name", "")), asked.GetValueOrDefault("type", ""), 0, []).Order.TrimEnd();
        var most = int.Min(Most(call, 300), PageSize);
        var found = zone.Records.Where(record => string.CompareOrdinal(record.Order, first) >= 0)
            .OrderBy(record => record.Order, StringComparer.Ordinal).ToList();
        var next = found.ElementAtOrDefault(most);
        return In("ResourceRecordSets", found.Take(most).Select(OfRecord)) + E("IsTruncated", next is not null)
            + (next is null ? "" : E("NextRecordName", Written(next.Name)) + E("NextRecordType", next.Type)) + E("MaxItems", most);
    }

    private static string OfRecord(CloudRecord record) => In("ResourceRecordSet",
        E("Name", Written(record.Name)), E("Type", record.Type),
        record.Alias is { } alias
            ? In("AliasTarget", E("HostedZoneId", "Z2FDTNDATAQYW2"), E("DNSName", $"{alias}."), E("EvaluateTargetHealth", false))
            : E("TTL", record.Ttl) + List("ResourceRecords", "ResourceRecord", record.Values.Select(value => E("Value", value))));

    // All or none ("ChangeResourceRecordSets").
    private string ChangeRecords(XElement asked, CloudZone zone)
    {
        var changes = asked.Descendants(XName.Get("Change", Schema)).ToList();
        if (changes.Count is 0 or > MaxChanges) throw AwsRefusedException.Fault("InvalidInput", $"{changes.Count} changes");
        var (records, wrong) = (new List<CloudRecord>(zone.Records), new List<string>());
        foreach (var change in changes)
        {
            var record = RecordOf(change.Element(XName.Get("ResourceRecordSet", Schema))!);
            var there = records.FirstOrDefault(record.Names);
            var about = $"[name='{record.Name}.', type='{record.Type}']";
            switch (Text(change, "Action"))
            {
                case "DELETE" when there is null:
                    wrong.Add($"Tried to delete resource record set {about} but it was not found");
                    break;
                case "DELETE" when !there.Matches(record):
                    wrong.Add($"Tried to delete resource record set {about} but the values provided do not match the current values");
                    break;
                case "DELETE" when record.Name == zone.Domain && record.Type is "NS" or "SOA":
                    wrong.Add($"A HostedZone must contain at least one NS record and one SOA record: {about}");
                    break;
                case "CREATE" when there is not null:
                    wrong.Add($"Tried to create resource record set {about} but it already exists");
                    break;
                case "CREATE" or "UPSERT" or "DELETE":
                    records.RemoveAll(record.Names);
                    if (Text(change, "Action") != "DELETE") records.Add(record);
                    break;
                default:
                    throw AwsRefusedException.Fault("InvalidInput", $"the action {Text(change, "Action")}");
            }
        }
        if (wrong.Count > 0) throw new AwsRefusedException(400, "InvalidChangeBatch", $"[{string.Join(", ", wrong)}]");
        if (records.Count > CloudZone.MaxRecords) throw new InvalidOperationException($"more than {CloudZone.MaxRecords} records");
        zone.Records.Clear();
        zone.Records.AddRange(records);
        if (LooksUntilInSync == 0) zone.Spread();
        var id = $"C{(_changes.Count + 1).ToString(CultureInfo.InvariantCulture)}";
        _changes[id] = (zone, LooksUntilInSync);
        return OfChange(id, "PENDING");
    }

    private static CloudRecord RecordOf(XElement set) => new(
        Plain(Text(set, "Name") ?? throw AwsRefusedException.Fault("InvalidInput", "a record without a name")),
        Text(set, "Type") ?? throw AwsRefusedException.Fault("InvalidInput", "a record without a type"),
        int.Parse(Text(set, "TTL") ?? "0", CultureInfo.InvariantCulture),
        Texts(set, "Value"),
        set.Descendants(XName.Get("DNSName", Schema)).FirstOrDefault()?.Value.TrimEnd('.'));

    private string Change(string id)
    {
        if (!_changes.TryGetValue(id, out var change)) throw new AwsRefusedException(404, "NoSuchChange", $"No change found with ID: {id}");
        _changes[id] = (change.Zone, change.Left - 1);
        if (change.Left > 0) return OfChange(id, "PENDING");
        change.Zone.Spread();
        return OfChange(id, "INSYNC");
    }

    private static string OfChange(string id, string status) => In("ChangeInfo",
        E("Id", $"/change/{id}"), E("Status", status), E("SubmittedAt", DateTimeOffset.UtcNow));

    // As Route 53 writes a name: an asterisk by its number, and a dot at the end.
    private static string Written(string name) => $"{name.Replace("*", @"\052", StringComparison.Ordinal)}.";

    private static string Plain(string name) => name.Replace(@"\052", "*", StringComparison.Ordinal).TrimEnd('.').ToLowerInvariant();

    private static string Reversed(string name) => string.Join('.', Plain(name).Split('.').Reverse());
}
