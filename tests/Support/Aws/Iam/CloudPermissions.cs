using System.Xml.Linq;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.S3;

namespace Causeway.Tests.Support.Aws.Iam;

/// <summary>
/// Judges requests by a policy as IAM does: each action of policies that a request takes, on each resource that it names, with the
/// resource's tags where IAM knows them (Service Authorization Reference).
/// </summary>
/// <param name="cloud">The account.</param>
/// <param name="policy">All that who asks may do.</param>
internal sealed class CloudPermissions(AwsCloud cloud, IamPolicy policy)
{
    private sealed record Need(string Action, string Arn, params (string Key, string Value)[] Context);

    // What policies call actions of S3 by, where that is not what the API does.
    private static readonly Dictionary<string, string[]> InS3 = new()
    {
        ["ListBuckets"] = ["ListAllMyBuckets"],
        ["HeadBucket"] = ["ListBucket"],
        ["ListObjectVersions"] = ["ListBucketVersions"],
        ["ListMultipartUploads"] = ["ListBucketMultipartUploads"],
        ["DeleteBucketTagging"] = ["PutBucketTagging"],
        ["DeleteObjects"] = ["DeleteObject", "DeleteObjectVersion"],
    };

    /// <summary>What a request lacks, as <c>ec2:DeleteVpc on ARN</c>; null when it may be carried out.</summary>
    public string? Lacks(ApiCall call) =>
        Needs(call).FirstOrDefault(need => !policy.Allows(need.Action, need.Arn, need.Context)) is { } lacking
            ? $"{lacking.Action} on {lacking.Arn}"
            : null;

    private IEnumerable<Need> Needs(ApiCall call) => call.Api.Prefix switch
    {
        // "No permissions are required to perform this operation" (GetCallerIdentity).
        "sts" => [],
        "ec2" when call.Name.StartsWith("Describe", StringComparison.Ordinal) => [new(call.Action, "*")],
        "ec2" => On(call, InEc2(call)),
        "s3" => OnS3(call),
        "iam" => On(call, [.. Named(cloud.Profiles.All, call.Form["InstanceProfileName"]), .. call.Form["InstanceProfileName"] is null
            ? Named(cloud.Roles.All, call.Form["RoleName"]) : []]),
        "cloudwatch" => On(call, cloud.In(call.Region).Alarms.All.Where(alarm =>
            alarm.Arn == call.Form["ResourceARN"] || call.Form.List("AlarmNames.member").Contains(alarm.Id))),
        "sns" =>
            On(call, cloud.In(call.Region).Topics.All.Where(topic => topic.Arn == (call.Form["TopicArn"] ?? call.Form["ResourceArn"]))),
        "logs" => OnLogs(call),
        "secretsmanager" => OnSecrets(call),
        "route53" => [OnRoute53(call)],
        _ => [new(call.Action, "*")],
    };

    // On each resource with its tags; on anything where none is named, or where what is named is not there.
    private static IEnumerable<Need> On(ApiCall call, IEnumerable<CloudResource> resources)
    {
        var all = resources.Select(resource => new Need(call.Action, resource.Arn, TagsOf(resource))).ToList();
        return all.Count > 0 || call.Name.StartsWith("List", StringComparison.Ordinal) ? all.DefaultIfEmpty(new(call.Action, "*")) : [];
    }

    private static (string, string)[] TagsOf(CloudResource resource) =>
        [.. resource.Tags.Select(tag => ($"aws:ResourceTag/{tag.Key}", tag.Value))];

    private static IEnumerable<T> Named<T>(IEnumerable<T> all, string? name) where T : CloudResource => all.Where(one => one.Id == name);

    // By ids, and by those of associations and attachments.
    private IEnumerable<CloudResource> InEc2(ApiCall call)
    {
        var (region, values) = (cloud.In(call.Region).Ec2, call.Form.Values.ToHashSet());
        return region.Tables.SelectMany(table => table.There).Where(resource => values.Contains(resource.Id)
            || (resource is CloudAddress { AssociationId: { } association } && values.Contains(association))
            || (resource is CloudInterface { Attachment.Id: { } attachment } && values.Contains(attachment))
            || (resource is CloudRouteTable table && table.Associations.Keys.Any(values.Contains)));
    }

    // A secret that is not there is judged by its name, with any six characters behind it.
    private IEnumerable<Need> OnSecrets(ApiCall call)
    {
        var name = call.Json("SecretId") ?? call.Json("Name");
        var there = cloud.In(call.Region).Secrets.All.Where(secret => name is not null && (secret.Id == name || secret.Arn == name))
            .ToList();
        if (there.Count > 0 || call.Name is not ("GetSecretValue" or "PutSecretValue" or "CreateSecret")) return On(call, there);
        var arn = $"arn:aws:secretsmanager:{call.Region}:{AwsServer.Account}:secret:{name}-000000";
        // Who makes one with tags must be allowed to tag it.
        return call.Name == "CreateSecret" && call.Request.Text.Contains("\"Tags\"", StringComparison.Ordinal)
            ? [new(call.Action, arn), new("secretsmanager:TagResource", arn)]
            : [new(call.Action, arn)];
    }

    // IAM knows no tags of buckets that were not set up for it.
    private static IEnumerable<Need> OnS3(ApiCall call)
    {
        var (name, path) = S3Api.Target(call.Request);
        var bucket = name.Length == 0 ? "*" : $"arn:aws:s3:::{name}";
        string[] keys = call.Name == "DeleteObjects"
            ? [.. XDocument.Parse(call.Request.Text).Descendants().Where(one => one.Name.LocalName == "Key").Select(one => one.Value)]
            : path.Length > 0 ? [path] : [];
        var actions = call.Name == "DeleteObject" && call.Request.Parameters.ContainsKey("versionId")
            ? ["DeleteObjectVersion"] : InS3.GetValueOrDefault(call.Name, [call.Name]);
        var arns = keys.Length == 0 ? [bucket] : keys.Select(key => $"{bucket}/{key}").ToArray();
        return actions.SelectMany(action => arns.Select(arn => new Need($"s3:{action}", arn)));
    }

    // A log group that a call names by its name is to IAM the start of its streams.
    private IEnumerable<Need> OnLogs(ApiCall call) => cloud.In(call.Region).LogGroups.All
        .Where(group => group.Id == call.Json("logGroupName") || group.Arn == call.Json("resourceArn"))
        .Select(group => new Need(call.Action, call.Name == "DeleteLogGroup" ? $"{group.Arn}:log-stream:" : group.Arn, TagsOf(group)))
        .DefaultIfEmpty(new(call.Action, "*"));

    // "Using IAM policy conditions for fine-grained access control" in the Route 53 developer guide; neither zones nor checks have tags
    // there.
    private static Need OnRoute53(ApiCall call)
    {
        var arn = call.Request.Segments switch
        {
            [_, "hostedzone" or "healthcheck" or "change" or "tags", ..] and [_, var kind, var id, ..] when kind != "tags" =>
                $"arn:aws:route53:::{kind}/{id}",
            [_, "tags", var type, var id] => $"arn:aws:route53:::{type}/{id}",
            _ => "*",
        };
        if (call.Name != "ChangeResourceRecordSets") return new(call.Action, arn);
        var body = XDocument.Parse(call.Request.Text);
        IEnumerable<(string, string)> All(string element, string key, Func<string, string>? read = null) => body.Descendants()
            .Where(one => one.Name.LocalName == element)
                .Select(one => ($"route53:ChangeResourceRecordSets{key}", read?.Invoke(one.Value) ?? one.Value));
        return new(call.Action, arn,
        [
            .. All("Name", "NormalizedRecordNames", name => name.TrimEnd('.').ToLowerInvariant()), .. All("Type", "RecordTypes"),
            .. All("Action", "Actions"),
        ]);
    }
}
