namespace Causeway.Blueprint.Limits;

/// <summary>
/// The tags of a stack's resources. The AWS provider adds <see cref="Everywhere"/> to each of them by itself (its default tags); a resource adds
/// <see cref="Beside"/>. AWS takes few tags on some kinds of resources, so of the tags setting these get fewer.
/// </summary>
public sealed class ResourceTags
{
    private const string NameTag = "Name";

    private readonly IReadOnlyDictionary<string, string> _own;
    private readonly IReadOnlyDictionary<string, string> _added;
    private readonly IReadOnlyDictionary<string, string> _given;

    /// <summary>The tags of a plan's resources.</summary>
    public ResourceTags(Plan plan)
    {
        (_own, _added, _given) = (plan.OwnTags, plan.DefaultTags, plan.Settings.Tags);
        Everywhere = Merge(_added, _own, Given(AwsLimits.Rows.Where(limit => limit.Unit == LimitUnit.Tags).Min(limit => limit.Most)));
    }

    /// <summary>The provider's default tags: those of its own setting, the stack's, and as many of the tags setting as fit on every kind of resource.</summary>
    public IReadOnlyDictionary<string, string> Everywhere { get; }

    /// <summary>What a resource adds to <see cref="Everywhere"/>: its name, and what else of the tags setting fits on its kind.</summary>
    /// <param name="kind">What kind of resource it is, as <see cref="Inventory"/> calls it.</param>
    /// <param name="name">Its name, which the console shows.</param>
    public IReadOnlyDictionary<string, string> Beside(string kind, string name) =>
        All(kind, name).Where(tag => Everywhere.GetValueOrDefault(tag.Key) != tag.Value).ToDictionary();

    /// <summary>All the tags that a resource then has in AWS.</summary>
    public IReadOnlyDictionary<string, string> All(string kind, string name) =>
        Merge(_added, _own, new Dictionary<string, string> { [NameTag] = name }, Given(AwsLimits.Of(kind, "tags")?.Most ?? 0));

    /// <summary>The names of the tags setting that a kind of resource has no room for.</summary>
    public IReadOnlyList<string> LeftOut(string kind) => [.. _given.Keys.Except(All(kind, "").Keys).Order(StringComparer.Ordinal)];

    // In the order of their names as long as there is room. One that the provider adds too takes no room of its own.
    private Dictionary<string, string> Given(int most)
    {
        var there = _own.Keys.Append(NameTag).Union(_added.Keys).ToHashSet();
        var room = most - there.Count;
        return _given.OrderBy(tag => tag.Key, StringComparer.Ordinal).Where(tag => there.Contains(tag.Key) || room-- > 0).ToDictionary();
    }

    private static SortedDictionary<string, string> Merge(params IEnumerable<IReadOnlyDictionary<string, string>> parts)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in parts.SelectMany(part => part)) tags[key] = value;
        return tags;
    }
}
