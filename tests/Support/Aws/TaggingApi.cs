using System.Text.Json.Nodes;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// The Resource Groups Tagging API (2017-01-26): what is tagged in a region, and in us-east-1 what is one for the whole world. It does
/// not know roles and records, and it is late where <see cref="Injection"/> delays it.
/// </summary>
public sealed class TaggingApi(AwsCloud cloud) : JsonApi
{
    private const int MaxArns = 20;

    /// <summary>How many resources a page has at most, whatever the request's limit.</summary>
    public int PageSize { get; set; } = 100;

    /// <inheritdoc />
    public override string Service => "tagging";

    /// <inheritdoc />
    public override string Prefix => "tag";

    /// <inheritdoc />
    protected override string Target => "ResourceGroupsTaggingAPI_20170126";

    /// <inheritdoc />
    protected override JsonObject? Result(ApiCall call, JsonAsked asked) => call.Name switch
    {
        "GetResources" => GetResources(call, asked),
        "TagResources" => Change(call, asked, resource =>
            resource.Tag(asked.Map("Tags"), cloud.Injected.ReadsUntilTagsShow)),
        "UntagResources" => Change(call, asked, resource =>
            resource.Untag(asked.Texts("TagKeys"), cloud.Injected.ReadsUntilTagsShow)),
        _ => throw AwsRefusedException.Unknown(call.Name),
    };

    private JsonObject GetResources(ApiCall call, JsonAsked asked)
    {
        var (filters, types, arns) = (asked.Structures("TagFilters"), asked.Texts("ResourceTypeFilters"), asked.Texts("ResourceARNList"));
        if (filters.Count > 50) throw AwsRefusedException.Fault("InvalidParameterException", "more than 50 tag filters");
        if (types.Count > 100) throw AwsRefusedException.Fault("InvalidParameterException", "more than 100 resource types");
        if (arns.Count > 0 && (filters.Count > 0 || types.Count > 0 || asked.Has("ResourcesPerPage")))
            throw AwsRefusedException.Fault("InvalidParameterException", "ResourceARNList goes with no other filter");
        foreach (var filter in filters.Where(
            filter => filter.Text("Key") is null or { Length: 0 or > 128 } || filter.Texts("Values").Count > 20))
            throw AwsRefusedException.Fault("InvalidParameterException", $"the key of a tag filter: {filter.Text("Key")}");
        var size = int.Min(PageSize, asked.Number("ResourcesPerPage", 1, 100, 100));

        var found = Listed(call.Region)
            .Select(resource => new Seen<CloudResource>(resource, resource.Seen()))
            .Where(seen => seen.Tags.Count > 0)
            .Where(seen => arns.Count == 0 || arns.Contains(seen.Resource.Arn))
            .Where(seen => types.Count == 0 || types.Any(type => IsOf(seen.Resource.TaggingType!, type)))
            .Where(seen => filters.All(filter => seen.Tags.TryGetValue(filter.Text("Key")!, out var value)
                && (filter.Texts("Values") is not { Count: > 0 } wanted || wanted.Contains(value))));
        var (page, next) = Paging.Cut(found, CloudTable<CloudResource>.OrderOf, asked.Text("PaginationToken"), size,
            () => AwsRefusedException.Fault("PaginationTokenExpiredException", "The token is not valid"));
        return new()
        {
            ["PaginationToken"] = next ?? "",
            ["ResourceTagMappingList"] = new JsonArray([.. page.Select(seen => new JsonObject
            {
                ["ResourceARN"] = seen.Resource.Arn,
                ["Tags"] = new JsonArray([.. seen.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
            })]),
        };
    }

    // Each by itself: failures are listed in a successful answer.
    private JsonObject Change(ApiCall call, JsonAsked asked, Action<CloudResource> change)
    {
        var arns = asked.Texts("ResourceARNList");
        if (arns.Count is 0 or > MaxArns) throw AwsRefusedException.Fault("InvalidParameterException", $"{arns.Count} ARNs");
        var failed = new JsonObject();
        foreach (var arn in arns)
        {
            // Roles too, which are not listed.
            var there = cloud.Tables.SelectMany(table => table.There).FirstOrDefault(one => one.Arn == arn && one.Region == call.Region);
            if (there is not null) change(there);
            else failed[arn] = Failure("InvalidParameterException", $"The resource {arn} does not exist in {call.Region}");
        }
        return new() { ["FailedResourcesMap"] = failed };
    }

    private static JsonObject Failure(string code, string message) =>
        new() { ["StatusCode"] = 400, ["ErrorCode"] = code, ["ErrorMessage"] = message };

    private IEnumerable<CloudResource> Listed(string region) =>
        cloud.Tables.SelectMany(table => table.Listed()).Where(resource => IsIn(resource, region));

    private static bool IsIn(CloudResource resource, string region) => resource.TaggingType is not null && resource.Region == region;

    // A type (ec2:vpc), or a service with all of its types (ec2).
    private static bool IsOf(string type, string filter) => type == filter || type.StartsWith($"{filter}:", StringComparison.Ordinal);
}
