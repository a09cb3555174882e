using System.Text.Json.Nodes;

namespace Causeway.Tests.Support.Aws.Watching;

/// <summary>A log group of CloudWatch Logs; its id is its name.</summary>
public sealed class CloudLogGroup : CloudResource
{
    public override string Arn => $"arn:aws:logs:{Region}:{AwsServer.Account}:log-group:{Id}";

    public override string TaggingType => "logs:log-group";

    public int RetentionDays { get; init; } = 30;
}

/// <summary>CloudWatch Logs (API of 2014-03-28): log groups.</summary>
/// <param name="tables">The log groups of a region.</param>
/// <param name="injected">How late tags are seen.</param>
public sealed class LogsApi(Func<string, CloudTable<CloudLogGroup>> tables, Injection injected) : JsonApi
{
    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 50;

    /// <inheritdoc />
    public override string Service => "logs";

    /// <inheritdoc />
    protected override string Target => "Logs_20140328";

    /// <inheritdoc />
    protected override JsonObject? Result(ApiCall call, JsonAsked asked)
    {
        var groups = tables(call.Region);
        switch (call.Name)
        {
            case "DescribeLogGroups":
                return Describe(asked, groups);
            case "DeleteLogGroup":
                var name = asked.Required("logGroupName");
                groups.Remove(groups.Find(name, () => Missing()));
                return null;
            case "ListTagsForResource":
                var tags = Group(asked, groups).Seen().Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value));
                return new() { ["tags"] = new JsonObject(tags) };
            case "TagResource":
                Group(asked, groups).Tag(asked.Map("tags"), injected.ReadsUntilTagsShow);
                return null;
            case "UntagResource":
                Group(asked, groups).Untag(asked.Texts("tagKeys"), injected.ReadsUntilTagsShow);
                return null;
            default:
                throw AwsRefusedException.Unknown(call.Name);
        }
    }

    private JsonObject Describe(JsonAsked asked, CloudTable<CloudLogGroup> groups)
    {
        var size = int.Min(PageSize, asked.Number("limit", 1, 50, 50));
        var prefix = asked.Text("logGroupNamePrefix") ?? "";
        var found = groups.Read().Where(seen => seen.Resource.Id.StartsWith(prefix, StringComparison.Ordinal));
        var (page, next) = Paging.Cut(found, seen => seen.Resource.Id, asked.Text("nextToken"), size,
            () => AwsRefusedException.Fault("InvalidParameterException", "The specified nextToken is invalid."));
        var answer = new JsonObject
        {
            ["logGroups"] = new JsonArray([.. page.Select(seen => new JsonObject
            {
                ["logGroupName"] = seen.Resource.Id,
                // Its own ARN is without the end that names all of its streams.
                ["arn"] = $"{seen.Resource.Arn}:*",
                ["logGroupArn"] = seen.Resource.Arn,
                ["creationTime"] = seen.Resource.Created.ToUnixTimeMilliseconds(),
                ["retentionInDays"] = seen.Resource.RetentionDays,
                ["storedBytes"] = 0,
            })]),
        };
        if (next is not null) answer["nextToken"] = next;
        return answer;
    }

    private static CloudLogGroup Group(JsonAsked asked, CloudTable<CloudLogGroup> groups)
    {
        var arn = asked.Required("resourceArn");
        return groups.All.FirstOrDefault(group => group.Arn == arn) ?? throw Missing();
    }

    private static AwsRefusedException Missing() => new(400, "ResourceNotFoundException", "The specified log group does not exist.");
}
