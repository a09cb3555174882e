namespace Causeway.Blueprint.Limits;

/// <summary>
/// The tags of a stack's resources. The AWS provider adds <see cref="Everywhere"/> to all of them (its default tags); a resource adds
/// <see cref="Beside"/>. Some kinds of resources allow only a few tags, and get fewer of the setting <c>tags</c>.
/// </summary>
public sealed class ResourceTags(Plan plan)
{
    private const string NameTag = "Name";

    /// <summary>
    /// Gets the provider's default tags: those of its setting, the stack's, and as many of the setting <c>tags</c> as fit on every kind.
    /// </summary>
    public IReadOnlyDictionary<string, string> Everywhere { get; } = Merge(
        plan.DefaultTags,
        plan.OwnTags,
        Given(plan, AwsLimits.Rows.Where(limit => limit.Unit == LimitUnit.Tags).Min(limit => limit.Most)));

    /// <summary>
    /// The tags that a resource adds to <see cref="Everywhere"/>: its name, and the rest of the setting <c>tags</c> that fits on its kind.
    /// </summary>
    /// <param name="kind">The kind of resource, as in <see cref="Inventory"/>.</param>
    /// <param name="name">The name, which the console shows.</param>
    public IReadOnlyDictionary<string, string> Beside(string kind, string name) =>
        All(kind, name).Where(tag => Everywhere.GetValueOrDefault(tag.Key) != tag.Value).ToDictionary();

    /// <summary>All tags of a resource in AWS.</summary>
    public IReadOnlyDictionary<string, string> All(string kind, string name) => Merge(
        plan.DefaultTags,
        plan.OwnTags,
        new Dictionary<string, string> { [NameTag] = name },
        Given(plan, AwsLimits.Of(kind, "tags")?.Most ?? 0));

    /// <summary>The names in the setting <c>tags</c> that don't fit on a kind of resource.</summary>
    public IReadOnlyList<string> LeftOut(string kind) =>
        [.. plan.Settings.Tags.Keys.Except(All(kind, "").Keys).Order(StringComparer.Ordinal)];

    // By name, as many as fit. A tag that the provider adds too doesn't count twice.
    private static Dictionary<string, string> Given(Plan plan, int most)
    {
        var there = plan.OwnTags.Keys.Append(NameTag).Union(plan.DefaultTags.Keys).ToHashSet();
        var room = most - there.Count;
        return plan.Settings.Tags
            .OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Where(tag => there.Contains(tag.Key) || room-- > 0)
            .ToDictionary();
    }

    private static SortedDictionary<string, string> Merge(params IEnumerable<IReadOnlyDictionary<string, string>> parts)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in parts.SelectMany(part => part)) tags[key] = value;
        return tags;
    }
}
