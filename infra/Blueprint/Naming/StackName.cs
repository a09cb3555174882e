namespace Causeway.Blueprint.Naming;

/// <summary>What the names of a stack's resources begin with.</summary>
public static class StackName
{
    /// <summary>The start of every name that a plan gives in AWS, of any stack.</summary>
    public const string Prefix = "causeway-";

    /// <summary>The start of one stack's names: <c>causeway-STACK</c>.</summary>
    public static string PrefixOf(string stack) => Prefix + stack;

    /// <summary>The start of names that must be unique across regions, as those of roles: <c>causeway-STACK-REGION</c>.</summary>
    public static string GlobalPrefixOf(string stack, string region) => $"{PrefixOf(stack)}-{region}";
}
