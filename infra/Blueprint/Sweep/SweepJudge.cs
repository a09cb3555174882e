using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Sweep;

/// <summary>What may be taken. Its rules are narrow: whatever is in doubt stays and is reported.</summary>
public static class SweepJudge
{
    /// <summary>The name that ends the secret which outlives its stack by the setting <c>keepCertificate</c>.</summary>
    public const string Kept = "kept-certificate";

    /// <summary>Why a stack is not swept; null when it is.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="today">The day (UTC).</param>
    /// <param name="named">The stack that was named, which may be swept before its day has passed; null when none was.</param>
    /// <param name="regions">The regions that were asked for.</param>
    public static string? Spares(FoundStack stack, DateOnly today, string? named, IReadOnlyCollection<string> regions)
    {
        if (named is not null && stack.Name != named) return $"it is not {named}";
        if (stack.Stage == StackTags.Production)
            return stack.StagesDiffer
                ? "some of its resources have the stage production and others demo, and production is never taken"
                : "it is a production stack, which is never taken";
        if (stack.Stage is null) return $"none of its resources has the tag {StackTags.StageTag}";
        if (stack.Stage != StackTags.Demo) return $"a resource of it has the stage '{stack.Stage}', not {StackTags.Demo}";
        // The name comes from a tag, and goes into file names and command lines.
        if (StackSettingsReader.MistakeInName(stack.Name) is not null) return "no stack of this project can have its name";
        if (stack.Region != FoundResource.Global && !regions.Contains(stack.Region))
            return $"it is in {stack.Region}, which was not asked for";
        if (stack.Resources.Select(resource => resource.StackTags?.UnclearExpiry).FirstOrDefault(text => text is not null) is { } unclear)
            return $"a resource of it has the tag {StackTags.ExpiresTag} with '{unclear}', which is not a day";
        if (stack.Expires is not { } day) return $"none of its resources has the tag {StackTags.ExpiresTag} with a day";
        if (named is null && day >= today) return $"it expires after {IsoDay.Text(day)}";
        return null;
    }

    /// <summary>
    /// Whether a stack's tags do not tell whether it may be swept: no stage, or a demo without a day. Nobody keeps such a stack on purpose,
    /// and no sweep will take it.
    /// </summary>
    public static bool IsDoubtful(FoundStack stack) => stack.Stage is null || (stack.Stage == StackTags.Demo && stack.Expires is null);

    /// <summary>Why a resource is not removed with a stack that is swept; null when it is.</summary>
    /// <param name="resource">A resource of the stack, as it is now.</param>
    /// <param name="stack">The stack.</param>
    /// <param name="today">The day (UTC).</param>
    /// <param name="named">Whether the stack was named.</param>
    public static string? Spares(FoundResource resource, FoundStack stack, DateOnly today, bool named)
    {
        if (resource.StackTags is not { } tags) return $"its tags cannot be read: {resource.Unread ?? "it has none"}";
        if (!tags.Ours) return $"it lacks the tag {StackTags.ProjectTag}={StackTags.ProjectName}";
        if (tags.Stack != stack.Name) return $"its tag {StackTags.StackTag} is '{tags.Stack}', not '{stack.Name}'";
        if (tags.Stage != StackTags.Demo) return $"its tag {StackTags.StageTag} is not {StackTags.Demo}";
        if (tags.Expires is not { } day) return $"it has no tag {StackTags.ExpiresTag} with a day";
        // One that was prolonged since it was found.
        if (!named && day >= today) return $"its tag {StackTags.ExpiresTag} is {IsoDay.Text(day)}, which has not passed";
        return null;
    }

    /// <summary>Whether a resource is meant to outlive its stack: the certificate that the next stack of the name takes up again.</summary>
    public static bool OutlivesItsStack(FoundResource resource) =>
        resource.Kind == SweepKinds.Secret && resource.StackTags is { Stack: { } stack, Stage: null }
            && resource.Name == $"causeway/{stack}/{Kept}";
}
