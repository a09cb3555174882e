using System.Text.Json;
using Amazon.EC2;
using Amazon.Runtime;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>
/// Tags resources of an account with the call of their service: EC2's CreateTags, IAM's TagRole and TagInstanceProfile, and otherwise
/// TagResources of the Resource Groups Tagging API. Other tags are unchanged. DNS records have no tags. Objects in buckets, rules of
/// security groups and a VPC's default group keep their tags until <c>pulumi up</c>; the sweep doesn't use them.
/// </summary>
internal sealed class StackTagger(AwsSession session, SweepCalls calls)
{
    // CreateTags accepts 1,000 resources (EC2 API reference) and tags all or none; TagResources accepts 20 and tags each separately.
    private const int MostIds = 200;
    private const int MostArns = 20;

    private readonly SignedQuery _iam = SignedQuery.Iam(session);

    /// <summary>A resource that couldn't be tagged, with the reason.</summary>
    public sealed record Failure(FoundResource Resource, string Reason);

    /// <summary>Tags resources. A resource deleted in the meantime isn't a failure.</summary>
    /// <param name="resources">The resources.</param>
    /// <param name="key">The tag's key.</param>
    /// <param name="value">The tag's value.</param>
    /// <param name="cancellation">Cancels tagging.</param>
    public async Task<IReadOnlyList<Failure>> TagAsync(
        IEnumerable<FoundResource> resources, string key, string value, CancellationToken cancellation)
    {
        var ways = resources.Where(one => one.Kind != SweepKinds.Record).GroupBy(one => (Way: WayOf(one), Region: HomeOf(one))).ToList();
        var failures = await Task.WhenAll(ways.SelectMany(same => same.Key.Way switch
        {
            Way.Ec2 => same.Chunk(MostIds).Select(some => OfEc2Async(same.Key.Region, some, key, value, cancellation)),
            Way.Iam => same.Select(one => OfIamAsync(one, key, value, cancellation)),
            _ => same.Chunk(MostArns).Select(some => ByArnAsync(same.Key.Region, some, key, value, cancellation)),
        }));
        return [.. failures.SelectMany(some => some)];
    }

    private enum Way
    {
        Ec2,
        Iam,
        Arn,
    }

    private static Way WayOf(FoundResource resource) =>
        resource.Kind is SweepKinds.Role or SweepKinds.InstanceProfile ? Way.Iam
        : SweepKinds.Of(resource.Kind).Finds.All(right => right.StartsWith("ec2:", StringComparison.Ordinal)) ? Way.Ec2
        : Way.Arn;

    private static string HomeOf(FoundResource resource) => resource.Region == FoundResource.Global ? SignedHosts.Global : resource.Region;

    private static string ArnOf(FoundResource resource) => resource.Kind switch
    {
        SweepKinds.Bucket => $"arn:aws:s3:::{resource.Id}",
        SweepKinds.HealthCheck => $"arn:aws:route53:::healthcheck/{resource.Id}",
        _ => resource.Id,
    };

    private async Task<IReadOnlyList<Failure>> OfEc2Async(
        string region, IReadOnlyList<FoundResource> resources, string key, string value, CancellationToken cancellation)
    {
        using var ec2 = new AmazonEC2Client(session.Credentials, session.Bounded(new AmazonEC2Config(), region));
        return await TryAsync(resources);

        async Task<IReadOnlyList<Failure>> TryAsync(IReadOnlyList<FoundResource> some)
        {
            try
            {
                await calls.AskAsync("ec2:CreateTags", limit => ec2.CreateTagsAsync(
                    new() { Resources = [.. some.Select(one => one.Id)], Tags = [new(key, value)] }, limit), cancellation);
                return [];
            }
            catch (RefusedException refused) when (some.Count == 1)
            {
                return IsGone(refused) ? [] : [new(some[0], refused.Message)];
            }
            catch (RefusedException)
            {
                // A single deleted or refused resource fails them all.
                return [.. (await Task.WhenAll(some.Select(one => TryAsync([one])))).SelectMany(failed => failed)];
            }
        }
    }

    // CreateTags reports a deleted resource as an invalid id (EC2 API reference, error codes).
    private static bool IsGone(RefusedException refused) =>
        refused.Kind == RefusalKind.Gone || refused.InnerException is AmazonServiceException { ErrorCode: "InvalidID" };

    private async Task<IReadOnlyList<Failure>> OfIamAsync(FoundResource resource, string key, string value, CancellationToken cancellation)
    {
        var what = resource.Kind == SweepKinds.Role ? "Role" : "InstanceProfile";
        return await TryAsync([resource], async () =>
        {
            (string, string)[] asked = [($"{what}Name", resource.Id), ("Tags.member.1.Key", key), ("Tags.member.1.Value", value)];
            await calls.AskAsync($"iam:Tag{what}", limit => _iam.CallAsync($"Tag{what}", asked, limit), cancellation);
            return [];
        });
    }

    private Task<IReadOnlyList<Failure>> ByArnAsync(
        string region, IReadOnlyList<FoundResource> resources, string key, string value, CancellationToken cancellation)
    {
        var tagging = SignedJson.Tagging(session, region);
        return TryAsync(resources, async () =>
        {
            var asked = new { ResourceARNList = resources.Select(ArnOf), Tags = new Dictionary<string, string> { [key] = value } };
            var answer = await calls.AskAsync("tag:TagResources", limit => tagging.CallAsync("TagResources", asked, limit), cancellation);
            // A successful response lists the failures.
            var failed = answer.TryGetProperty("FailedResourcesMap", out var map) && map.ValueKind == JsonValueKind.Object
                ? map.EnumerateObject().ToDictionary(
                    one => one.Name, one => $"tag:TagResources: {Text(one.Value, "ErrorCode")}: {Text(one.Value, "ErrorMessage")}")
                : [];
            return [.. resources.Where(one => failed.ContainsKey(ArnOf(one))).Select(one => new Failure(one, failed[ArnOf(one)]))];
        });
    }

    private static async Task<IReadOnlyList<Failure>> TryAsync(
        IReadOnlyList<FoundResource> resources, Func<Task<IReadOnlyList<Failure>>> tag)
    {
        try
        {
            return await tag();
        }
        catch (RefusedException refused)
        {
            return refused.Kind == RefusalKind.Gone ? [] : [.. resources.Select(one => new Failure(one, refused.Message))];
        }
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.ToString() : null;
}
