using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

/// <summary>An image that was published; it is in no account here.</summary>
public sealed class CloudImage : Ec2Resource
{
    public override string Type => "image";

    public required string Name { get; init; }

    /// <summary>The account that published it.</summary>
    public required string Owner { get; init; }

    public string Architecture { get; init; } = "x86_64";
}

// What AWS offers in a region: images and instance types.
public sealed partial class Ec2Api
{
    private static readonly Kind<CloudImage> Image =
        new("imagesSet", "ImageId", "InvalidAMIID.NotFound", "image id", seen => string.Concat(
            E("imageId", seen.Resource.Id), E("name", seen.Resource.Name), E("imageOwnerId", seen.Resource.Owner),
            E("architecture", seen.Resource.Architecture), E("creationDate", seen.Resource.Created)))
        {
            Filters = new()
            {
                ["name"] = image => [image.Name],
                ["architecture"] = image => [image.Architecture],
                ["state"] = _ => ["available"],
            },
        };

    private void AddCatalog()
    {
        _actions["DescribeImages"] = (call, region) =>
        {
            var owners = call.Form.List("Owner");
            return Describe(call, region.Images, Image, image => owners.Count == 0 || owners.Contains(image.Owner));
        };
        _actions["DescribeInstanceTypeOfferings"] = (call, region) =>
        {
            if (call.Form["LocationType"] != "availability-zone") throw AwsRefusedException.Fault("InvalidParameterValue", "LocationType");
            return Offers(call, "instanceTypeOfferingSet", region.Offered.SelectMany(type => type.Value.Select(zone =>
                (type.Key, Item: E("instanceType", type.Key) + E("location", zone)))));
        };
        _actions["DescribeInstanceTypes"] = (call, region) => Offers(call, "instanceTypeSet", region.Cores.Select(type =>
            (type.Key, Item: E("instanceType", type.Key) + In("vCpuInfo", E("defaultVCpus", type.Value)))));
    }

    private string Offers(ApiCall call, string set, IEnumerable<(string Type, string Item)> all)
    {
        foreach (var name in call.Form.Filters.Keys.Where(name => name != "instance-type"))
            throw AwsRefusedException.Fault("InvalidParameterValue", $"The filter '{name}' is invalid");
        var found = all.Where(
            one => !call.Form.Filters.TryGetValue("instance-type", out var types) || types.Any(type => Like(type, one.Type)));
        var (page, next) = Paging.Cut(found, one => one.Item, call.Form["NextToken"], PageSize,
            () => AwsRefusedException.Fault("InvalidNextToken", "The token is not valid"));
        return Xml.List(set, "item", page.Select(one => one.Item)) + E("nextToken", next);
    }
}
