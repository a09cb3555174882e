using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>A kind of resource that couldn't be listed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Region">The region.</param>
/// <param name="Stack">The stack whose DNS records couldn't be listed; null for all other kinds.</param>
/// <param name="Reason">The reason.</param>
internal sealed record NotLooked(string Kind, string Region, FoundStack? Stack, string Reason)
{
    public override string ToString() => $"{Kind} in {Region}: {Reason}";
}

/// <summary>The project's resources in an account and the selected regions.</summary>
/// <param name="Stacks">The stacks, by their tags.</param>
/// <param name="Strays">Resources whose stack is unknown: their tags can't be read, or have no stack.</param>
/// <param name="NotLooked">Kinds that couldn't be listed.</param>
internal sealed record FoundAccount(
    IReadOnlyList<FoundStack> Stacks, IReadOnlyList<FoundResource> Strays, IReadOnlyList<NotLooked> NotLooked)
{
    /// <summary>The reason why a resource's stack is unknown.</summary>
    public static string WhyStray(FoundResource stray) => stray.Unread ?? $"it has no tag {StackTags.StackTag}";
}
