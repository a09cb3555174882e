using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Naming;

/// <summary>The tags that everything of a stack has, as they are written and read back.</summary>
/// <param name="Stack">The stack's name; null when there is none.</param>
/// <param name="Stage"><see cref="Demo"/>, <see cref="Production"/>, or what somebody else wrote; null when there is none.</param>
/// <param name="Expires">The day after which a demo may be swept; null when there is none, or when it is not a day.</param>
/// <param name="Ours">Whether the project's tag is there.</param>
public sealed record StackTags(bool Ours, string? Stack, string? Stage, DateOnly? Expires)
{
    /// <summary>The tag that everything of any stack has, with the value <see cref="ProjectName"/>.</summary>
    public const string ProjectTag = "causeway:project";

    /// <summary>The tag that everything of a stack has, with the stack's name.</summary>
    public const string StackTag = "causeway:stack";

    /// <summary>The tag with the stack's stage, <see cref="Demo"/> or <see cref="Production"/>.</summary>
    public const string StageTag = "causeway:stage";

    /// <summary>The tag of demo stacks with the day after which they may be swept, as <c>2026-12-31</c>.</summary>
    public const string ExpiresTag = "causeway:expires";

    /// <summary>The value of <see cref="ProjectTag"/>.</summary>
    public const string ProjectName = "causeway";

    /// <summary>The stage of a stack that may be swept once its day of expiry has passed.</summary>
    public const string Demo = "demo";

    /// <summary>The stage of a stack that is never swept.</summary>
    public const string Production = "production";

    /// <summary>The tags of a stack's resources.</summary>
    public static SortedDictionary<string, string> Of(StackSettings settings)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ProjectTag] = ProjectName,
            [StackTag] = settings.Stack,
            [StageTag] = settings.Production ? Production : Demo,
        };
        if (settings.Expires is { } day) tags[ExpiresTag] = IsoDay.Text(day);
        return tags;
    }

    /// <summary>Reads a resource's tags.</summary>
    public static StackTags Read(IReadOnlyDictionary<string, string> tags) => new(
        tags.GetValueOrDefault(ProjectTag) == ProjectName,
        tags.GetValueOrDefault(StackTag) is { Length: > 0 } stack ? stack : null,
        tags.GetValueOrDefault(StageTag) is { Length: > 0 } stage ? stage : null,
        IsoDay.TryRead(tags.GetValueOrDefault(ExpiresTag)))
    {
        UnclearExpiry = tags.GetValueOrDefault(ExpiresTag) is { } text && IsoDay.TryRead(text) is null ? text : null,
    };

    /// <summary>What the tag of the expiry says where it is not a day, as <c>never</c>; null where it is one, or is not there.</summary>
    public string? UnclearExpiry { get; init; }
}
