namespace Causeway.Tests.Plans;

/// <summary>
/// Marks a method as a policy; its name is the rule. The ids are those of Checkov's rules with the same meaning, each read in that rule's
/// source.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PolicyAttribute(params string[] ids) : Attribute
{
    public IReadOnlyList<string> Ids { get; } = ids;
}
