using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Naming;

/// <summary>The tags that identify a stack's resources.</summary>
/// <param name="Stack">The stack's name; null without the tag.</param>
/// <param name="Stage"><see cref="Demo"/>, <see cref="Production"/>, or any other text; null without the tag.</param>
/// <param name="Expires">The day after which a demo may be swept; null without the tag, and when it isn't a day.</param>
public sealed record StackTags(bool Ours, string? Stack, string? Stage, DateOnly? Expires)
{
    public const string ProjectTag = "causeway:project";
    public const string StackTag = "causeway:stack";
    public const string StageTag = "causeway:stage";
    public const string ExpiresTag = "causeway:expires";

    public const string ProjectName = "causeway";    // the value of the project's tag
    public const string Demo = "demo";               // a stage that may be swept after its day of expiry
    public const string Production = "production";   // a stage that is never swept

    /// <summary>Gets the tag of the expiry when it isn't a day, like <c>never</c>; null otherwise.</summary>
    public string? UnclearExpiry { get; init; }

    /// <summary>The tags of a stack's resources: the stack's own, and those of its settings, which can't be the same.</summary>
    public static SortedDictionary<string, string> Of(StackSettings settings)
    {
        var tags = new SortedDictionary<string, string>(settings.Tags.ToDictionary(), StringComparer.Ordinal)
        {
            [ProjectTag] = ProjectName,
            [StackTag] = settings.Stack,
            [StageTag] = settings.Production ? Production : Demo,
        };
        if (settings.Expires is { } day) tags[ExpiresTag] = IsoDay.Text(day);
        return tags;
    }

    public static StackTags Read(IReadOnlyDictionary<string, string> tags)
    {
        var expiry = tags.GetValueOrDefault(ExpiresTag);
        var day = IsoDay.TryRead(expiry);
        return new(tags.GetValueOrDefault(ProjectTag) == ProjectName, Text(StackTag), Text(StageTag), day)
        {
            UnclearExpiry = day is null ? expiry : null,
        };

        string? Text(string tag) => tags.GetValueOrDefault(tag) is { Length: > 0 } text ? text : null;
    }
}
