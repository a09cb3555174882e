using System.Text.Json;
using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources;
using Pulumi;
using Pulumi.Utilities;

namespace Causeway.Infra.Tests;

public class GraphTests
{
    // What has no tags in AWS.
    private static readonly HashSet<string> WithoutTags =
    [
        "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:ec2/eipAssociation:EipAssociation",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:route53/record:Record", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topicSubscription:TopicSubscription",
    ];

    [Theory, EveryPlan]
    public async Task The_provider_tags_everything_that_has_tags_in_AWS(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.All(registered.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)), resource =>
            Assert.True(resource.TakesTags != WithoutTags.Contains(resource.Type), resource.Id));
    }

    [Fact]
    public async Task Everything_stands_below_the_stacks_component()
    {
        var registered = await Registered.From(Plans.Of());
        var registeredOnes = registered.Objects.Where(resource => resource is not (Stack or ProviderResource)).ToList();
        Assert.NotEmpty(registeredOnes);
        foreach (var resource in registeredOnes.Where(resource => resource is not CausewayStack))
        {
            var parent = Assert.Contains(resource, registered.Parents);
            // A resource belongs to a component for one concern, not to the stack's component.
            Assert.True(
                resource is ComponentResource ? parent is CausewayStack : parent is ComponentResource and not CausewayStack,
                resource.GetResourceName());
        }
    }

    [Fact]
    public async Task Every_component_says_what_came_of_it()
    {
        var registered = await Registered.From(Plans.Of());
        var components = registered.Objects.OfType<ComponentResource>().Where(component => component is not Stack).ToList();
        Assert.InRange(components.Count, 7, int.MaxValue);
        foreach (var component in components)
            Assert.Contains(await OutputUtilities.GetValueAsync(component.Urn), registered.ComponentsWithOutputs);
    }

    [Theory, EveryPlan]
    public async Task A_second_registration_is_the_same(Plan plan)
    {
        static IEnumerable<string> Lines(Registered registered) => registered.Resources
            .Select(resource => $"{resource.Type} {resource.Name} {JsonSerializer.Serialize(resource.Inputs.OrderBy(input => input.Key))}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(Lines(await Registered.From(plan)), Lines(await Registered.From(plan)));
    }

    [Fact]
    public async Task A_new_generation_is_a_new_set_beside_the_old_one_and_leaves_the_rest_alone()
    {
        var (before, after) = (await Registered.From(Plans.Of()), await Registered.From(Plans.Of(("instanceType", "t3.medium"))));
        HashSet<string> Names(Registered registered) => [.. registered.Resources.Select(resource => $"{resource.Type} {resource.Name}")];

        var gone = Names(before).Except(Names(after)).ToList();
        // The archive with the hosts' files has a hash of its own, and so a name of its own.
        Assert.All(gone, name =>
            Assert.True(
                name.Contains(before.Plan.Generation, StringComparison.Ordinal) || name.Contains("-host-", StringComparison.Ordinal),
                name));
        foreach (var type in new[] { "networkInterface:NetworkInterface", "eip:Eip", "eipAssociation:EipAssociation", "instance:Instance" })
            Assert.Contains(gone, name => name.Contains($"aws:ec2/{type} ", StringComparison.Ordinal));
        Assert.Contains($"aws:ec2/eip:Eip {before.Plan.Prefix}-signalling", Names(after));
    }

    [Fact]
    public async Task Everything_is_registered_in_the_planned_region()
    {
        var registered = await Registered.From(Plans.Of());
        Assert.Equal("eu-central-1", registered.One("pulumi:providers:aws")["region"]);
        // Others have a region of their own only where a metric is published elsewhere.
        Assert.All(registered.Resources.Where(resource =>
            resource["region"] is not null && resource.Type != "pulumi:providers:aws"), resource =>
            Assert.Contains(
                resource.Type,
                new[] { "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription" }));
    }

    [Theory, EveryPlan]
    public async Task Outputs_are_the_planned_ones(Plan plan)
    {
        var registered = await Registered.From(plan);
        async Task<string> Text(OutputPlan output) => await OutputUtilities.GetValueAsync((Output<string>)registered.Outputs[output.Name]!);

        Assert.Equal(OutputPlan.All.Select(output => output.Name).Order(), registered.Outputs.Keys.Order());
        Assert.Equal($"https://{plan.Settings.Domain ?? "203.0.113.2"}/", await Text(OutputPlan.Address));
        Assert.Equal(Blueprint.Services.IcePlan.ToJson(plan.IceServers("203.0.113.1")), await Text(OutputPlan.IceServers));
        Assert.EndsWith($" check https://{plan.Settings.Domain ?? "203.0.113.2"}/", await Text(OutputPlan.Check), StringComparison.Ordinal);
        Assert.Equal(plan.Generation, registered.Outputs[OutputPlan.Generation.Name]);
        Assert.Equal(CostEstimate.Of(plan).ToString(), registered.Outputs[OutputPlan.Cost.Name]);

        var addresses = await OutputUtilities.GetValueAsync(Assert.Single(registered.Objects.OfType<CausewayStack>()).Addresses);
        Assert.Equal(new Dictionary<string, string> { ["relay"] = "203.0.113.1", ["signalling"] = "203.0.113.2" }, addresses);
    }
}
