using System.Xml.Linq;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Route53;

// Tags of health checks and zones.
public sealed partial class Route53Api
{
    private const int MaxIds = 10;

    private static IReadOnlyList<string> Ids(ApiCall call)
    {
        var ids = Texts(Body(call, "ListTagsForResourcesRequest"), "ResourceId");
        return ids.Count is 0 or > MaxIds
            ? throw AwsRefusedException.Fault("InvalidInput", $"{ids.Count} ids, up to {MaxIds} are taken")
            : ids;
    }

    private CloudResource Tagged(string type, string id) => type switch
    {
        "healthcheck" => Check(id),
        "hostedzone" => Zone(id),
        _ => throw AwsRefusedException.Fault("InvalidInput", $"the type {type}"),
    };

    private static string TagSet(string type, CloudResource resource) => In("ResourceTagSet",
        E("ResourceType", type), E("ResourceId", resource.Id),
        List("Tags", "Tag", resource.Seen().Select(tag => E("Key", tag.Key) + E("Value", tag.Value))));

    private string ChangeTags(XElement asked, CloudResource resource)
    {
        var added = asked.Descendants(XName.Get("Tag", Schema)).Select(tag => (Text(tag, "Key") ?? "", Text(tag, "Value"))).ToList();
        var keys = asked.Elements(XName.Get("RemoveTagKeys", Schema)).SelectMany(list => Texts(list, "Key")).ToList();
        if (added.Count + keys.Count == 0) throw AwsRefusedException.Fault("InvalidInput", "neither AddTags nor RemoveTagKeys");
        if (added.Count > 0) resource.Tag(added, injected.ReadsUntilTagsShow);
        if (keys.Count > 0) resource.Untag(keys, injected.ReadsUntilTagsShow);
        return "";
    }

    private static string? Text(XElement parent, string name) => parent.Element(XName.Get(name, Schema))?.Value;

    private static IReadOnlyList<string> Texts(XElement parent, string name) =>
        [.. parent.Descendants(XName.Get(name, Schema)).Select(element => element.Value)];
}
