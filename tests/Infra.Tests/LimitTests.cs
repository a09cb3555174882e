using System.Collections.Immutable;
using Causeway.Blueprint.Limits;

namespace Causeway.Infra.Tests;

/// <summary>
/// Whether AWS's limits cover what is registered: every text and every set of tags of every resource has a limit that is known, is within
/// it, and was checked on the plan. What has none is an id, an address or one of AWS's own words.
/// </summary>
public class LimitTests
{
    // Inputs whose text is not of our making, by their name alone.
    private static readonly HashSet<string> WithoutLimit =
    [
        // Ids and names of other resources, which have limits of their own.
        "vpcId", "subnetId", "routeTableId", "gatewayId", "allocationId", "networkInterfaceId",
        "primaryNetworkInterface.networkInterfaceId", "securityGroupId", "securityGroups",
        "iamRoleArn", "iamInstanceProfile", "logDestination", "role", "bucket", "secretId", "zoneId", "topic", "alarmActions", "okActions",
        "dimensions.InstanceId",
        "dimensions.HealthCheckId",
        // Addresses and prefixes.
        "cidrBlock", "ipv6CidrBlock", "cidrIpv4", "cidrIpv6", "destinationCidrBlock", "destinationIpv6CidrBlock", "privateIpAddress",
        "ipAddress", "records", "endpoint",
        // What AWS looks up, and refuses before anything is made.
        "ami", "instanceType", "availabilityZone", "region",
        // AWS's own words.
        "domain", "trafficType", "logDestinationType", "comparisonOperator", "statistic", "treatMissingData", "metricName", "namespace",
        "type", "ipProtocol", "protocol",
        "versioningConfiguration.status", "rules.status", "rules.filter.prefix", "rule.objectOwnership",
        "rules.applyServerSideEncryptionByDefault.sseAlgorithm", "metadataOptions.httpEndpoint",
        "metadataOptions.httpTokens", "metadataOptions.instanceMetadataTags", "rootBlockDevice.volumeType",
        "creditSpecification.cpuCredits",
        // An archive in base64, as large as an object may be.
        "contentBase64",
    ];

    // Texts that no setting changes: the resource has them, and no plan is asked.
    private static readonly HashSet<(string, string)> Constant =
        [("security group", "description"), ("bucket lifecycle", "rules.id"), ("bucket policy", "policy")];

    private static IEnumerable<(string Kind, string Property, object Value, RegisteredResource Resource)> Inputs(Registered registered) =>
        from resource in registered.Resources
        where resource.Type.StartsWith("aws:", StringComparison.Ordinal)
        from input in resource.Inputs
        from value in Flat(input.Key, input.Value)
        select (
            InventoryTests.Kinds[resource.Type], value.Path, value.Path == "tags" ? registered.TagsOf(resource) : value.Value, resource);

    // Tags stay together; a list's entries have the list's own name.
    private static IEnumerable<(string Path, object Value)> Flat(string path, object value) => value switch
    {
        ImmutableDictionary<string, object> when path.Split('.')[^1] == "tags" => [(path, value)],
        ImmutableDictionary<string, object> map => map.SelectMany(pair => Flat($"{path}.{pair.Key}", pair.Value)),
        ImmutableArray<object> list => list.SelectMany(entry => Flat(path, entry)),
        string => [(path, value)],
        _ => [],
    };

    [Theory, EveryPlan]
    public async Task Every_text_and_every_set_of_tags_that_is_registered_has_a_limit_was_checked_and_fits(Plan plan)
    {
        var registered = await Registered.From(plan);
        var checkedBefore = LimitedValue.Of(plan).ToLookup(value => (value.Kind, value.Property));
        var inputs = Inputs(registered).ToList();
        Assert.NotEmpty(inputs);
        Assert.All(inputs, input =>
        {
            var limit = AwsLimits.Of(input.Kind, input.Property);
            if (limit is null)
            {
                Assert.True(
                    WithoutLimit.Contains(input.Property) && input.Value is string,
                    $"{input.Property} of {input.Kind}: its limit in AWS has not been looked up");
                return;
            }
            if (limit.Unit == LimitUnit.Tags)
            {
                Assert.InRange(
                    input.Value is IReadOnlyDictionary<string, string> tags
                        ? tags.Count
                        : ((ImmutableDictionary<string, object>)input.Value).Count,
                    1,
                    limit.Most);
                return;
            }
            var text = (string)input.Value;
            Assert.InRange(PlanLimits.Count(limit.Unit, text), 1, limit.Most);
            if (Constant.Contains((input.Kind, input.Property))) return;
            // Policies contain ARNs that are known later; the plan has the longest.
            Assert.Contains(checkedBefore[(input.Kind, input.Property)], value => value.Text == text
                || (
                    input.Property is "policy" or "assumeRolePolicy"
                        && PlanLimits.Count(limit.Unit, value.Text) >= PlanLimits.Count(limit.Unit, text)));
        });
    }

    [Fact]
    public async Task Every_limit_is_one_of_something_that_is_registered()
    {
        var registered = (await Registered.Every()).SelectMany(Inputs).Select(input => (input.Kind, input.Property)).ToHashSet();
        Assert.All(AwsLimits.Rows, limit => Assert.Contains((limit.Kind, limit.Property), registered));
        Assert.All(AwsLimits.Rows, limit => Assert.NotEqual("", limit.Source));
        Assert.Equal(AwsLimits.Rows.Count, AwsLimits.Rows.DistinctBy(limit => (limit.Kind, limit.Property)).Count());
    }

    /// <summary>Six tags of a person's on a demo, seven in production: five or four of the stack's own, and the name.</summary>
    [Theory, InlineData("demo", 6), InlineData("demo", 20), InlineData("production", 7), InlineData("production", 20)]
    public async Task Health_checks_and_objects_get_as_many_tags_as_AWS_takes_there_and_all_else_gets_all(string stage, int count)
    {
        var tags = $"{{{string.Join(',', Enumerable.Range(10, count).Select(number => $"\"tag{number}\":\"value\""))}}}";
        var registered = await Registered.From(
            Plans.Of(("stage", stage), ("expires", stage == "demo" ? "2026-12-31" : ""), ("tags", tags)));
        foreach (var type in new[] { "aws:route53/healthCheck:HealthCheck", "aws:s3/bucketObjectv2:BucketObjectv2" })
        {
            Assert.All(registered.Of(type), resource =>
            {
                var tags = registered.TagsOf(resource);
                Assert.Equal(10, tags.Count);
                Assert.Equal(resource["key"] ?? resource.Name, tags["Name"]);
                // The stack's own always; a person's from the first name on.
                Assert.Subset(tags.Keys.ToHashSet(), registered.Plan.OwnTags.Keys.Append("tag10").ToHashSet());
            });
        }
        Assert.Equal(registered.Plan.OwnTags.Count + 1 + count, registered.TagsOf(registered.One("aws:s3/bucket:Bucket")).Count);
    }

    [Fact]
    public async Task A_plan_that_does_not_fit_is_refused_before_anything_is_registered()
    {
        var plan = Plans.Of();
        var described = plan.Roles[1] with { Description = new('x', 1001) };
        var registered = new Registered { Plan = plan with { Roles = [plan.Roles[0], described] } };
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync());
        Assert.Contains("has 1001 characters, and AWS allows 1000", refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(registered.Resources);
    }

    /// <summary>What the provider adds to every resource counts too.</summary>
    [Fact]
    public async Task Default_tags_of_the_provider_leave_less_room()
    {
        var tags = $"{{{string.Join(',', Enumerable.Range(10, 6).Select(number => $"\"tag{number}\":\"value\""))}}}";
        var added = new Dictionary<string, string> { ["cost-center"] = "calls", ["owner"] = "me" };
        var registered = await Registered.From(Plans.Of(("tags", tags)) with { DefaultTags = added });
        Assert.All(registered.Of("aws:route53/healthCheck:HealthCheck"), check => Assert.Equal(10, registered.TagsOf(check).Count));
        Assert.Equal(registered.Plan.OwnTags.Count + 1 + 6 + 2, registered.TagsOf(registered.One("aws:s3/bucket:Bucket")).Count);
    }
}
