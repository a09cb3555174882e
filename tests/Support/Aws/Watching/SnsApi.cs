using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Watching;

/// <summary>A topic of SNS with its subscriptions, which go with it.</summary>
public sealed class CloudTopic : CloudResource
{
    public override string Arn => $"arn:aws:sns:{Region}:{AwsServer.Account}:{Id}";

    public override string TaggingType => "sns";

    /// <summary>Protocols and endpoints, as <c>email</c> and an address.</summary>
    public List<(string Protocol, string Endpoint)> Subscriptions { get; } = [];
}

/// <summary>SNS (API of 2010-03-31): topics.</summary>
/// <param name="tables">The topics of a region.</param>
/// <param name="injected">How late tags are seen.</param>
public sealed class SnsApi(Func<string, CloudTable<CloudTopic>> tables, Injection injected) : QueryApi
{
    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 100;

    /// <inheritdoc />
    public override string Service => "sns";

    /// <inheritdoc />
    public override (int Status, string Code) Denied => (403, "AuthorizationError");

    /// <inheritdoc />
    protected override string Schema => "http://sns.amazonaws.com/doc/2010-03-31/";

    /// <inheritdoc />
    protected override string Version => "2010-03-31";

    /// <inheritdoc />
    protected override string Result(ApiCall call)
    {
        var topics = tables(call.Region);
        switch (call.Name)
        {
            case "ListTopics":
                var (page, next) = Paging.Cut(topics.Read(), CloudTable<CloudTopic>.OrderOf, call.Form["NextToken"], PageSize,
                    () => AwsRefusedException.Fault("InvalidParameter", "The token is not valid"));
                return List("Topics", "member", page.Select(seen => E("TopicArn", seen.Resource.Arn))) + E("NextToken", next);
            case "DeleteTopic":
                // "This action is idempotent, so deleting a topic that does not exist does not result in an error" (DeleteTopic).
                if (topics.All.FirstOrDefault(topic => topic.Arn == call.Required("TopicArn")) is { } gone) topics.Remove(gone);
                return "";
            case "ListTagsForResource":
                return List("Tags", "member", Topic(call, topics).Seen().Select(tag => E("Key", tag.Key) + E("Value", tag.Value)));
            case "TagResource":
                Topic(call, topics).Tag(call.Form.Tags("Tags.member"), injected.ReadsUntilTagsShow);
                return "";
            case "UntagResource":
                var keys = call.Form.List("TagKeys.member");
                Topic(call, topics).Untag(keys, injected.ReadsUntilTagsShow);
                return "";
            default:
                throw AwsRefusedException.Unknown(call.Name);
        }
    }

    private static CloudTopic Topic(ApiCall call, CloudTable<CloudTopic> topics)
    {
        var arn = call.Required("ResourceArn");
        return topics.All.FirstOrDefault(topic => topic.Arn == arn)
            ?? throw new AwsRefusedException(404, "ResourceNotFound", $"Resource {arn} does not exist");
    }
}
