using System.Collections.Immutable;
using Causeway.Blueprint.Limits;

namespace Causeway.Infra.Tests.Policies;

internal static class TagPolicies
{
    private static IEnumerable<RegisteredResource> Tagged(Graph graph) => graph.Resources.Where(resource => resource.TakesTags);

    [Policy]
    [BrokenBy(Types.Provider, "defaultTags"), BrokenBy(Types.Vpc, "tags.causeway:stack", "another")]
    public static void Everything_that_takes_tags_has_the_stacks(Graph graph)
    {
        Assert.NotEmpty(Tagged(graph));
        // A kind with few tags lacks some of the setting tags, which no plan here has that many of.
        var tags = new ResourceTags(graph.Plan);
        Assert.All(Tagged(graph), resource =>
        {
            var left = tags.LeftOut(resource.Kind);
            Assert.Equal(
                graph.Plan.Tags.Where(tag => !left.Contains(tag.Key)).OrderBy(tag => tag.Key, StringComparer.Ordinal),
                graph.TagsOf(resource).Where(tag => tag.Key != "Name").OrderBy(tag => tag.Key, StringComparer.Ordinal));
        });
    }

    [Policy]
    [BrokenBy(Types.Vpc, "tags"), BrokenBy(Types.Bucket, "tags.Name", "")]
    public static void Everything_that_takes_tags_has_a_name_in_the_console(Graph graph) =>
        Assert.All(Tagged(graph), resource => Assert.NotEqual("", graph.TagsOf(resource).GetValueOrDefault("Name", "")));

    /// <summary>The provider's default tags reach a root volume only when it is created, so it has all of them itself.</summary>
    [Policy]
    [BrokenBy(Types.Instance, "rootBlockDevice.tags"), BrokenBy(Types.Instance, "rootBlockDevice.tags.causeway:stack")]
    public static void Disks_have_all_tags_of_their_instance(Graph graph) => Assert.All(graph.Of(Types.Instance), instance =>
    {
        var tags = instance.At("rootBlockDevice.tags") as ImmutableDictionary<string, object> ?? [];
        Assert.Equal(
            new ResourceTags(graph.Plan).All("instance", instance.Name),
            tags.Select(tag => KeyValuePair.Create(tag.Key, (string)tag.Value)).OrderBy(tag => tag.Key, StringComparer.Ordinal));
    });
}
