using System.Text.Json;
using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources;
using Pulumi;
using Pulumi.Utilities;

namespace Causeway.Infra.Tests;

public class GraphTests
{
    private static readonly HashSet<string> WithoutTags =
    [
        Types.Route, Types.RouteTableAssociation, Types.EipAssociation, Types.RolePolicy, Types.Record, Types.Lifecycle, Types.Ownership,
        Types.BucketPolicy, Types.AccessBlock, Types.Versioning, Types.Encryption, Types.SecretVersion, Types.Subscription,
    ];

    [Theory, EveryPlan]
    public async Task The_provider_tags_everything_that_has_tags_in_AWS(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.All(registered.InAws, resource =>
            Assert.True(resource.TakesTags != WithoutTags.Contains(resource.Type), resource.Id));
    }

    [Fact]
    public async Task Every_resource_belongs_to_a_component_and_every_component_to_the_stacks()
    {
        var registered = await Registered.From(Plans.Of());
        var resources = registered.Objects.Where(resource => resource is not (Stack or ProviderResource or CausewayStack)).ToList();
        Assert.NotEmpty(resources);
        Assert.All(resources, resource =>
        {
            var parent = Assert.Contains(resource, registered.Parents);
            Assert.True(parent is ComponentResource, resource.GetResourceName());
            Assert.Equal(resource is ComponentResource, parent is CausewayStack);
        });
    }

    [Fact]
    public async Task Every_component_registers_its_outputs()
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
    public async Task A_new_generation_is_a_new_set_beside_the_old_one_and_changes_nothing_else()
    {
        var (before, after) = (await Registered.From(Plans.Of()), await Registered.From(Plans.Of(("instanceType", "t3.medium"))));
        var ids = after.Resources.Select(resource => resource.Id).ToHashSet();
        var gone = before.Resources.Where(resource => !ids.Contains(resource.Id)).ToList();
        // The archive with the hosts' files has its own hash in its name.
        Assert.All(gone, resource => Assert.Matches($"{before.Plan.Generation}|-host-", resource.Name));
        Assert.Superset(
            new HashSet<string> { Types.Interface, Types.Eip, Types.EipAssociation, Types.Instance },
            gone.Select(resource => resource.Type).ToHashSet());
        Assert.Contains($"{Types.Eip} {before.Plan.Prefix}-signalling", ids);
    }

    [Fact]
    public async Task Everything_is_registered_in_the_planned_region()
    {
        var registered = await Registered.From(Plans.Of());
        Assert.Equal("eu-central-1", registered.One(Types.Provider)["region"]);
        // Only what belongs to a metric of another region names its own region.
        string[] elsewhere = [Types.Alarm, Types.Topic, Types.Subscription];
        Assert.All(
            registered.InAws.Where(resource => resource["region"] is not null),
            resource => Assert.Contains(resource.Type, elsewhere));
    }

    [Theory, EveryPlan]
    public async Task Outputs_are_as_planned(Plan plan)
    {
        var registered = await Registered.From(plan);
        Task<string> Text(OutputPlan output) => OutputUtilities.GetValueAsync((Output<string>)registered.Outputs[output.Name]!);

        Assert.Equal(OutputPlan.All.Select(output => output.Name).Order(), registered.Outputs.Keys.Order());
        Assert.Equal($"https://{plan.Settings.Domain ?? "203.0.113.2"}/", await Text(OutputPlan.Address));
        Assert.Equal(IcePlan.ToJson(plan.IceServers("203.0.113.1")), await Text(OutputPlan.IceServers));
        Assert.EndsWith($" check https://{plan.Settings.Domain ?? "203.0.113.2"}/", await Text(OutputPlan.Check), StringComparison.Ordinal);
        Assert.Equal(plan.Generation, registered.Outputs[OutputPlan.Generation.Name]);
        Assert.Equal(CostEstimate.Of(plan).ToString(), registered.Outputs[OutputPlan.Cost.Name]);

        var addresses = await OutputUtilities.GetValueAsync(Assert.Single(registered.Objects.OfType<CausewayStack>()).Addresses);
        Assert.Equal(new Dictionary<string, string> { ["relay"] = "203.0.113.1", ["signalling"] = "203.0.113.2" }, addresses);
    }
}
