using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;

namespace Causeway.Infra.Tests;

public class SweptTypesTests
{
    private static IEnumerable<SweepKind> FoundByTags =>
        SweepKinds.All.Where(kind => kind.Types.Count > 0 && kind.Name != SweepKinds.Record);

    [Fact]
    public async Task Every_registered_type_is_known_to_the_sweep_and_no_other()
    {
        var registered = (await Registered.Every())
            .SelectMany(plan => plan.InAws)
            .Select(resource => resource.Type)
            .Distinct();
        var known = SweepKinds.All.SelectMany(kind => kind.Types);
        Assert.Equal(registered.Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    /// <summary>What is found by its tags has tags; what has none goes with something that has, or is found by its address.</summary>
    [Theory, EveryPlan]
    public async Task What_is_found_by_tags_is_registered_with_all_of_them(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.All(FoundByTags.SelectMany(kind => registered.Of(kind.Types[0])), resource =>
        {
            var tags = registered.TagsOf(resource);
            Assert.Equal(StackTags.Read(plan.Tags), StackTags.Read(tags));
        });
    }

    /// <summary>By the names the sweep tells stacks of one name in several regions apart.</summary>
    [Theory, EveryPlan]
    public async Task A_registered_graph_is_one_stack_of_its_region(Plan plan)
    {
        var registered = await Registered.From(plan);
        var found = FoundByTags.SelectMany(kind => registered.Of(kind.Types[0]).Select(resource =>
        {
            var tags = registered.TagsOf(resource);
            var global = kind.Name is SweepKinds.HealthCheck or SweepKinds.Role or SweepKinds.InstanceProfile;
            return new FoundResource
            {
                Kind = kind.Name,
                Id = resource.Name,
                Name = resource["name"] as string ?? tags["Name"],
                Region = global ? FoundResource.Global : resource["region"] as string ?? plan.Settings.Region,
                Tags = tags,
            };
        }));
        var stack = Assert.Single(FoundStack.Group(found));
        Assert.Equal(("dev", plan.Settings.Region, plan.Settings.Expires), (stack.Name, stack.Region, stack.Expires));
        Assert.Equal([plan.Generation], stack.Generations);
    }
}
