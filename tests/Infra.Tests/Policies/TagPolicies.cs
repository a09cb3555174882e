using System.Collections.Immutable;
using Causeway.Blueprint.Limits;

namespace Causeway.Infra.Tests.Policies;

internal static class TagPolicies
{
    private static IEnumerable<RegisteredResource> Tagged(Graph graph) => graph.Resources.Where(resource => resource.TakesTags);

    [Policy]
    [BrokenBy(Graph.Provider, "defaultTags"), BrokenBy(Types.Vpc, "tags.causeway:stack", "another")]
    public static void Everything_that_takes_tags_has_the_stacks(Graph graph)
    {
        Assert.NotEmpty(Tagged(graph));
        // A kind that takes few tags has all of them but some of the tags setting, which no plan of the spread has.
        var tags = new ResourceTags(graph.Plan);
        Assert.All(Tagged(graph), resource => Assert.Equal(
            [.. graph.Plan.Tags.Where(tag => !tags.LeftOut(InventoryTests.Kinds[resource.Type]).Contains(tag.Key))
                .OrderBy(tag => tag.Key, StringComparer.Ordinal)],
            graph.TagsOf(resource).Where(tag => tag.Key != "Name").OrderBy(tag => tag.Key, StringComparer.Ordinal)));
    }

    [Policy]
    [BrokenBy(Types.Vpc, "tags"), BrokenBy(Types.Bucket, "tags.Name", "")]
    public static void Everything_that_takes_tags_has_a_name_in_the_console(Graph graph) =>
        Assert.All(Tagged(graph), resource => Assert.NotEqual("", graph.TagsOf(resource).GetValueOrDefault("Name", "")));

    /// <summary>The provider's default tags reach a root volume only when it is created, so it has all of them itself.</summary>
    [Policy]
    [BrokenBy(Types.Instance, "rootBlockDevice.tags"), BrokenBy(Types.Instance, "rootBlockDevice.tags.causeway:stack")]
    public static void Disks_have_all_tags_of_their_instance(Graph graph) => Assert.All(graph.Of(Types.Instance), instance => Assert.Equal(
        new ResourceTags(graph.Plan).All("instance", instance.Name),
        (instance.At("rootBlockDevice.tags") as ImmutableDictionary<string, object> ?? [])
            .ToDictionary(tag => tag.Key, tag => (string)tag.Value)
            .OrderBy(tag => tag.Key, StringComparer.Ordinal)));
}
