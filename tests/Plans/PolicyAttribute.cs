namespace Causeway.Tests.Plans;

/// <summary>Marks a method as a policy; its name is the rule. The ids are Checkov's, of rules with the same meaning.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PolicyAttribute(params string[] ids) : Attribute
{
    public IReadOnlyList<string> Ids { get; } = ids;
}
