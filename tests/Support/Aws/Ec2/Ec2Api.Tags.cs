using System.Globalization;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// Tags of EC2's resources.
public sealed partial class Ec2Api
{
    private const int MaxTagged = 1000;

    private void AddTags()
    {
        _actions["CreateTags"] = (call, region) =>
            Change(call, region, (resource, tags) => resource.Tag(tags, _injected.ReadsUntilTagsShow));
        _actions["DeleteTags"] = (call, region) =>
            Change(call, region, (resource, tags) => resource.Untag(tags, _injected.ReadsUntilTagsShow));
        _actions["DescribeTags"] = DescribeTags;
    }

    // All or none: the resources are found before one of them is changed.
    private static string Change(ApiCall call, Ec2Region region, Action<Ec2Resource, IReadOnlyList<(string, string?)>> change)
    {
        var (ids, tags) = (call.Form.List("ResourceId"), call.Form.Tags("Tag"));
        if (ids.Count == 0 || tags.Count == 0)
            throw AwsRefusedException.Fault("MissingParameter", "The request must contain ResourceId and Tag");
        if (ids.Count > MaxTagged)
            throw AwsRefusedException.Fault("InvalidParameterValue", $"{ids.Count} resources, up to {MaxTagged} are taken");
        var resources = ids.Select(id => region.Find(id) ?? throw Missing(id)).ToList();
        foreach (var resource in resources) change(resource, tags);
        return Done;
    }

    // By kind where an id shows it; "InvalidID" for others ("Error codes for the Amazon EC2 API").
    private static AwsRefusedException Missing(string id) => id.Split('-')[0] switch
    {
        "vpc" => Vpc.Missing(id),
        "subnet" => Subnet.Missing(id),
        "igw" => Gateway.Missing(id),
        "rtb" => RouteTable.Missing(id),
        "vol" => Volume.Missing(id),
        "lt" => LaunchTemplate.Missing(id),
        "eipalloc" => Address.Missing(id),
        "i" => new(400, "InvalidInstanceID.NotFound", $"The instance ID '{id}' does not exist"),
        "eni" => new(400, "InvalidNetworkInterfaceID.NotFound", $"The networkInterface ID '{id}' does not exist"),
        "sg" => new(400, "InvalidSecurityGroupID.NotFound", $"The securityGroup ID '{id}' does not exist"),
        _ => new(400, "InvalidID", $"The ID '{id}' is not valid"),
    };

    private string DescribeTags(ApiCall call, Ec2Region region)
    {
        string[] known = ["resource-id", "resource-type", "key", "value"];
        foreach (var name in call.Form.Filters.Keys.Where(
            name => !known.Contains(name) && !name.StartsWith("tag:", StringComparison.Ordinal)))
            throw AwsRefusedException.Fault("InvalidParameterValue", $"The filter '{name}' is invalid");
        var all = region.Tables.SelectMany(table => table.There).OfType<Ec2Resource>()
            .SelectMany(resource => resource.Seen().Select(tag => (Resource: resource, tag.Key, tag.Value)))
            .Where(tag => call.Form.Filters.All(filter => filter.Value.Any(pattern => filter.Key switch
            {
                "resource-id" => Like(pattern, tag.Resource.Id),
                "resource-type" => Like(pattern, tag.Resource.Type),
                "key" => Like(pattern, tag.Key),
                "value" => Like(pattern, tag.Value),
                _ => tag.Key == filter.Key[4..] && Like(pattern, tag.Value),
            })));
        var size = int.Min(PageSize, int.Parse(call.Form["MaxResults"] ?? "1000", CultureInfo.InvariantCulture));
        var (page, next) = Paging.Cut(all, tag => $"{tag.Resource.Order:D12} {tag.Key}", call.Form["NextToken"], size,
            () => AwsRefusedException.Fault("InvalidNextToken", "The token is not valid"));
        return Xml.List("tagSet", "item", page.Select(tag =>
            E("resourceId", tag.Resource.Id) + E("resourceType", tag.Resource.Type) + E("key", tag.Key) + E("value", tag.Value)))
            + E("nextToken", next);
    }
}
