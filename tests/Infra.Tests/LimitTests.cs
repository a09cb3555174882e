using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using Causeway.Blueprint.Limits;

namespace Causeway.Infra.Tests;

/// <summary>
/// Every text and every set of tags that is registered has a known limit, is within it, and was checked on the plan. Ids, addresses and
/// AWS's own words have no limit.
/// </summary>
public class LimitTests
{
    private static readonly HashSet<string> WithoutLimit =
    [
        // Ids and names of other resources, which have their own limits.
        "vpcId", "subnetId", "routeTableId", "gatewayId", "allocationId", "networkInterfaceId", "securityGroupId", "securityGroups",
        "primaryNetworkInterface.networkInterfaceId", "iamRoleArn", "iamInstanceProfile", "logDestination", "role", "bucket", "secretId",
        "zoneId", "topic", "alarmActions", "okActions", "dimensions.InstanceId", "dimensions.HealthCheckId",
        // Addresses and prefixes.
        "cidrBlock", "ipv6CidrBlock", "cidrIpv4", "cidrIpv6", "destinationCidrBlock", "destinationIpv6CidrBlock", "privateIpAddress",
        "ipAddress", "records", "endpoint",
        // AWS looks these up before it creates something.
        "ami", "instanceType", "availabilityZone", "region",
        // AWS's own words.
        "domain", "trafficType", "logDestinationType", "comparisonOperator", "statistic", "treatMissingData", "metricName", "namespace",
        "type", "ipProtocol", "protocol", "versioningConfiguration.status", "rules.status", "rules.filter.prefix", "rule.objectOwnership",
        "rules.applyServerSideEncryptionByDefault.sseAlgorithm", "metadataOptions.httpEndpoint", "metadataOptions.httpTokens",
        "metadataOptions.instanceMetadataTags", "rootBlockDevice.volumeType", "creditSpecification.cpuCredits",
        // An archive in base64, as large as an object may be.
        "contentBase64",
    ];

    // No setting changes these, so they are not in the plan.
    private static readonly HashSet<(string, string)> Constant =
        [("security group", "description"), ("bucket lifecycle", "rules.id"), ("bucket policy", "policy")];

    private static IEnumerable<(string Kind, string Property, object Value, RegisteredResource Resource)> Inputs(Registered registered) =>
        from resource in registered.InAws
        from input in resource.Inputs
        from value in Flat(input.Key, input.Value)
        select (resource.Kind, value.Path, value.Path == "tags" ? registered.TagsOf(resource) : value.Value, resource);

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
    public async Task Every_registered_text_and_set_of_tags_fits_a_limit_that_was_checked(Plan plan)
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
                Assert.InRange(((IEnumerable)input.Value).Cast<object>().Count(), 1, limit.Most);
                return;
            }
            var text = (string)input.Value;
            Assert.InRange(PlanLimits.Count(limit.Unit, text), 1, limit.Most);
            if (Constant.Contains((input.Kind, input.Property))) return;
            // A policy has ARNs that the plan doesn't know; the plan checks the longest possible ones.
            var isPolicy = input.Property is "policy" or "assumeRolePolicy";
            Assert.Contains(checkedBefore[(input.Kind, input.Property)], value =>
                value.Text == text
                || (isPolicy && PlanLimits.Count(limit.Unit, value.Text) >= PlanLimits.Count(limit.Unit, text)));
        });
    }

    [Fact]
    public async Task Every_limit_is_for_a_registered_input()
    {
        var registered = (await Registered.Every()).SelectMany(Inputs).Select(input => (input.Kind, input.Property)).ToHashSet();
        Assert.All(AwsLimits.Rows, limit => Assert.Contains((limit.Kind, limit.Property), registered));
        Assert.All(AwsLimits.Rows, limit => Assert.NotEqual("", limit.Source));
        Assert.Distinct(AwsLimits.Rows.Select(limit => (limit.Kind, limit.Property)));
    }

    /// <summary>AWS allows ten: the name, the stack's own tags, and six of the settings for a demo or seven for production.</summary>
    [Theory, InlineData("demo", 6), InlineData("demo", 20), InlineData("production", 7), InlineData("production", 20)]
    public async Task Health_checks_and_objects_get_as_many_tags_as_AWS_allows_and_everything_else_gets_all(string stage, int count)
    {
        var plan = Plans.Of(("stage", stage), ("expires", stage == "demo" ? "2026-12-31" : ""), ("tags", Tags(count)));
        var registered = await Registered.From(plan);
        Assert.All([.. registered.Of(Types.HealthCheck), .. registered.Of(Types.BucketObject)], resource =>
        {
            var tags = registered.TagsOf(resource);
            Assert.Equal(10, tags.Count);
            Assert.Equal(resource["key"] ?? resource.Name, tags["Name"]);
            // All of the stack's own tags, and those of the settings in the order of their names.
            Assert.Subset(tags.Keys.ToHashSet(), plan.OwnTags.Keys.Append("tag10").ToHashSet());
        });
        Assert.Equal(plan.OwnTags.Count + 1 + count, registered.TagsOf(registered.One(Types.Bucket)).Count);
    }

    private static string Tags(int count) =>
        JsonSerializer.Serialize(Enumerable.Range(10, count).ToDictionary(number => $"tag{number}", _ => "value"));

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
        var added = new Dictionary<string, string> { ["cost-center"] = "calls", ["owner"] = "me" };
        var registered = await Registered.From(Plans.Of(("tags", Tags(6))) with { DefaultTags = added });
        Assert.All(registered.Of(Types.HealthCheck), check => Assert.Equal(10, registered.TagsOf(check).Count));
        Assert.Equal(registered.Plan.OwnTags.Count + 1 + 6 + 2, registered.TagsOf(registered.One(Types.Bucket)).Count);
    }
}
