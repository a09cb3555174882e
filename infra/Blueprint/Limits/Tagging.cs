namespace Causeway.Blueprint.Limits;

/// <summary>Which tags a resource gets: all of the plan's where there is room for them, and fewer of a person's where AWS takes few.</summary>
public static class Tagging
{
    /// <summary>The tags of a resource: its name, the stack's own, and a person's in the order of their names as long as there is room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="kind">What kind of resource it is, as <see cref="Inventory"/> calls it.</param>
    /// <param name="name">Its name, which the console shows.</param>
    public static IReadOnlyDictionary<string, string> Of(Plan plan, string kind, string name)
    {
        var tags = new SortedDictionary<string, string>(plan.OwnTags.ToDictionary(), StringComparer.Ordinal) { ["Name"] = name };
        foreach (var (key, value) in Given(plan, kind)) tags[key] = value;
        return tags;
    }

    /// <summary>The names of a person's tags that a kind of resource has no room for.</summary>
    public static IReadOnlyList<string> LeftOut(Plan plan, string kind) =>
        [.. plan.Settings.Tags.Keys.Except(Given(plan, kind).Select(tag => tag.Key)).Order(StringComparer.Ordinal)];

    /// <summary>How many tags a resource then has in AWS: the provider adds its default tags to those that it is given.</summary>
    public static int Count(Plan plan, IReadOnlyDictionary<string, string> tags) => tags.Keys.Union(plan.DefaultTags.Keys).Count();

    private static List<KeyValuePair<string, string>> Given(Plan plan, string kind)
    {
        var own = plan.OwnTags.Keys.Append("Name").Union(plan.DefaultTags.Keys).ToHashSet();
        var room = (AwsLimits.Of(kind, "tags")?.Most ?? 0) - own.Count;
        var given = new List<KeyValuePair<string, string>>();
        foreach (var tag in plan.Settings.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            // One that the provider adds too takes no room of its own.
            if (!own.Contains(tag.Key) && room-- <= 0) continue;
            given.Add(tag);
        }
        return given;
    }
}
