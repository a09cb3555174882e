namespace Causeway.Blueprint.Tests.Policies;

/// <summary>Marks a test as a policy; its name is the rule. The ids are those of Checkov's rules that say the same, each read in the rule's own source.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PolicyAttribute(params string[] ids) : Attribute
{
    public IReadOnlyList<string> Ids { get; } = ids;
}
