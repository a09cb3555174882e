using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>A kind that could not be looked for.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Region">Where.</param>
/// <param name="Stack">The stack whose records they would be; null for every other kind.</param>
/// <param name="Reason">Why.</param>
internal sealed record NotLooked(string Kind, string Region, FoundStack? Stack, string Reason)
{
    /// <summary>It in words: <c>alarm in us-east-1: the right … is missing</c>.</summary>
    public override string ToString() => $"{Kind} in {Region}: {Reason}";
}

/// <summary>What an account has of the project in the regions that were asked for.</summary>
/// <param name="Stacks">The stacks, by their tags.</param>
/// <param name="Strays">What belongs to no stack that can be told: its tags cannot be read, or it has the project's tag alone.</param>
/// <param name="NotLooked">What could not be looked for.</param>
internal sealed record FoundAccount(
    IReadOnlyList<FoundStack> Stacks, IReadOnlyList<FoundResource> Strays, IReadOnlyList<NotLooked> NotLooked)
{
    /// <summary>Why a stray belongs to no stack.</summary>
    public static string WhyStray(FoundResource stray) => stray.Unread ?? $"it has no tag {StackTags.StackTag}";
}
