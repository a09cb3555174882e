using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Sweep;

/// <summary>Decides what may be swept. In doubt a resource is kept and reported.</summary>
public static class SweepJudge
{
    /// <summary>Why a stack is not swept; null when it is.</summary>
    /// <param name="named">The stack named on the command line, which may be swept before it expires; null for none.</param>
    public static string? Spares(FoundStack stack, DateOnly today, string? named, IReadOnlyCollection<string> regions)
    {
        if (named is not null && stack.Name != named) return $"it is not {named}";
        if (stack.Stage == StackTags.Production && stack.StagesDiffer)
            return "some of its resources have the stage production and others demo, and production is never swept";
        if (stack.Stage == StackTags.Production) return "it is a production stack, which is never swept";
        if (stack.Stage is null) return $"none of its resources has the tag {StackTags.StageTag}";
        if (stack.Stage != StackTags.Demo) return $"a resource of it has the stage '{stack.Stage}', not {StackTags.Demo}";
        // The name comes from a tag and is used in file names and command lines.
        if (StackSettingsReader.MistakeInName(stack.Name) is not null) return "its name isn't a valid stack name";
        if (stack.Region != FoundResource.Global && !regions.Contains(stack.Region))
            return $"it is in {stack.Region}, which was not selected";
        if (stack.Resources.Select(resource => resource.StackTags?.UnclearExpiry).OfType<string>().FirstOrDefault() is { } unclear)
            return $"a resource of it has the tag {StackTags.ExpiresTag} with '{unclear}', which is not a day";
        if (stack.Expires is not { } day) return $"none of its resources has the tag {StackTags.ExpiresTag} with a day";
        if (named is null && day >= today) return $"it expires after {IsoDay.Text(day)}";
        return null;
    }

    /// <summary>
    /// Whether a stack's tags don't tell whether it may be swept: no stage, or a demo without a day. It is never swept, and probably
    /// forgotten.
    /// </summary>
    public static bool IsDoubtful(FoundStack stack) => stack.Stage is null || (stack.Stage == StackTags.Demo && stack.Expires is null);

    /// <summary>Why a resource is not removed with a stack that is swept; null when it is.</summary>
    /// <param name="resource">A resource of the stack, as it is now.</param>
    /// <param name="named">Whether the stack was named.</param>
    public static string? Spares(FoundResource resource, FoundStack stack, DateOnly today, bool named)
    {
        if (resource.StackTags is not { } tags) return $"its tags cannot be read: {resource.Unread ?? "it has none"}";
        if (!tags.Ours) return $"it lacks the tag {StackTags.ProjectTag}={StackTags.ProjectName}";
        if (tags.Stack != stack.Name) return $"its tag {StackTags.StackTag} is '{tags.Stack}', not '{stack.Name}'";
        if (tags.Stage != StackTags.Demo) return $"its tag {StackTags.StageTag} is not {StackTags.Demo}";
        if (tags.Expires is not { } day) return $"it has no tag {StackTags.ExpiresTag} with a day";
        // It may have been extended since it was found.
        if (!named && day >= today) return $"its tag {StackTags.ExpiresTag} is {IsoDay.Text(day)}, which has not passed";
        return null;
    }

    /// <summary>Whether a resource is meant to outlive its stack: the certificate that the next stack of the same name uses.</summary>
    public static bool OutlivesItsStack(FoundResource resource) =>
        resource.Kind == SweepKinds.Secret && resource.StackTags is { Stack: { } stack, Stage: null }
            && resource.Name == StackName.SecretOf(stack, StackName.KeptCertificate);
}
