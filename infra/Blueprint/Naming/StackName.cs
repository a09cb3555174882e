namespace Causeway.Blueprint.Naming;

/// <summary>The names of a stack's resources in AWS.</summary>
public static class StackName
{
    public const string Prefix = "causeway-";

    /// <summary>The last part of the name of a secret that outlives its stack (setting <c>keepCertificate</c>).</summary>
    public const string KeptCertificate = "kept-certificate";

    /// <summary>The start of a stack's names: <c>causeway-STACK</c>.</summary>
    public static string PrefixOf(string stack) => Prefix + stack;

    /// <summary>
    /// The start of names that must be unique across regions: <c>causeway-STACK-REGION</c>. Roles have no region, and alarms of health
    /// checks are all in one.
    /// </summary>
    public static string GlobalPrefixOf(string stack, string region) => $"{PrefixOf(stack)}-{region}";

    public static string SecretOf(string stack, string label) => $"causeway/{stack}/{label}";

    public static string LogGroupOf(string stack) => $"/causeway/{stack}/refused-traffic";
}
