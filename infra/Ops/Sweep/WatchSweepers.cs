using System.Xml.Linq;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>CloudWatch alarms.</summary>
internal sealed class AlarmSweeper(AwsSession session, SweepCalls calls, TagIndex index, string region)
    : TaggedSweeper(index, SweepKinds.Alarm, region)
{
    private readonly SignedQuery _watch = new(session, "monitoring", "CLOUDWATCH", "2010-08-01", region);

    protected override string Service => "cloudwatch:";

    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) => calls.AskAsync(
        "cloudwatch:DeleteAlarms", limit => _watch.CallAsync("DeleteAlarms", [("AlarmNames.member.1", found.Name)], limit), cancellation);

    // arn:aws:cloudwatch:us-east-1:123456789012:alarm:NAME
    protected override string NameOf(string arn) => arn.Split(':', 7)[^1];

    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var answer = await calls.AskAsync(
            "cloudwatch:ListTagsForResource", limit => _watch.CallAsync("ListTagsForResource", [("ResourceARN", found.Id)], limit),
            cancellation);
        return found with { Tags = QueryTags.Of(answer) };
    }
}

/// <summary>SNS topics, with their subscriptions.</summary>
internal sealed class TopicSweeper(AwsSession session, SweepCalls calls, TagIndex index, string region)
    : TaggedSweeper(index, SweepKinds.Topic, region)
{
    private readonly SignedQuery _sns = new(session, "sns", "SNS", "2010-03-31", region);

    protected override string Service => "sns:";

    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) =>
        calls.AskAsync("sns:DeleteTopic", limit => _sns.CallAsync("DeleteTopic", [("TopicArn", found.Id)], limit), cancellation);

    protected override string NameOf(string arn) => arn.Split(':')[^1];

    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var answer = await calls.AskAsync(
            "sns:ListTagsForResource", limit => _sns.CallAsync("ListTagsForResource", [("ResourceArn", found.Id)], limit), cancellation);
        return found with { Tags = QueryTags.Of(answer) };
    }
}

/// <summary>Route 53 health checks.</summary>
internal sealed class HealthCheckSweeper(AwsSession session, SweepCalls calls, TagIndex index)
    : TaggedSweeper(index, SweepKinds.HealthCheck, FoundResource.Global)
{
    private readonly SignedHttp _http = Route53.Http(session);

    protected override string Service => "route53:::healthcheck/";

    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) => calls.AskAsync(
        "route53:DeleteHealthCheck", limit => _http.SendAsync(HttpMethod.Delete, PathOf(found), [], [], "", limit), cancellation);

    protected override string IdOf(string arn) => arn.Split('/')[^1];

    protected override string NameOf(string arn) => IdOf(arn);

    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var check = await GetAsync("route53:GetHealthCheck", PathOf(found));
        var path = $"{Route53.Version}/tags/healthcheck/{Uri.EscapeDataString(found.Id)}";
        var tags = QueryTags.Of(await GetAsync("route53:ListTagsForResource", path));
        var facts = new (string Name, string? Value)[]
        {
            (Fact.Domain, check.All("FullyQualifiedDomainName").FirstOrDefault()?.Value),
            (Fact.Protocol, check.All("Type").FirstOrDefault()?.Value),
        };
        return found with
        {
            Name = tags.GetValueOrDefault("Name", found.Id),
            Tags = tags,
            Facts = facts.Where(fact => fact.Value is not null).ToDictionary(fact => fact.Name, fact => fact.Value!),
        };

        async Task<XElement> GetAsync(string right, string path) =>
            Route53.Parse(await calls.AskAsync(right, limit => _http.SendAsync(HttpMethod.Get, path, [], [], "", limit), cancellation));
    }

    private static string PathOf(FoundResource found) => $"{Route53.Version}/healthcheck/{Uri.EscapeDataString(found.Id)}";
}

/// <summary>Reads tags in XML: elements with a key and a value, at any level.</summary>
internal static class QueryTags
{
    public static Dictionary<string, string> Of(XElement answer) => answer.All("Key")
        .ToDictionary(key => key.Value, key => key.Parent!.Text("Value") ?? "");
}
