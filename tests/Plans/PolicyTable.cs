using System.Reflection;
using System.Text;

namespace Causeway.Tests.Plans;

/// <summary>A test project's policies, for docs/policies.md.</summary>
public static class PolicyTable
{
    /// <summary>The methods that are policies, by class and in the order of the source.</summary>
    public static IReadOnlyList<MethodInfo> Of(Assembly assembly) =>
    [
        .. from type in assembly.GetTypes().OrderBy(type => type.Name, StringComparer.Ordinal)
           from method in type.GetMethods().OrderBy(method => method.MetadataToken)
           where method.GetCustomAttribute<PolicyAttribute>() is not null
           select method,
    ];

    /// <summary>The rule in words.</summary>
    public static string Rule(MethodInfo policy) => policy.Name.Replace('_', ' ');

    /// <summary>A table for each class.</summary>
    /// <param name="assembly">The test project.</param>
    /// <param name="folder">Where its policies are, as <c>tests/X/Policies</c>.</param>
    public static string Render(Assembly assembly, string folder)
    {
        var text = new StringBuilder();
        foreach (var group in Of(assembly).GroupBy(policy => policy.DeclaringType!.Name))
        {
            text.Append($"\n### {group.Key.Replace("Policies", "", StringComparison.Ordinal)}\n\nIn `{folder}/{group.Key}.cs`.\n\n| rule | id |\n| --- | --- |\n");
            foreach (var policy in group) text.Append($"| {Rule(policy)} | {string.Join(", ", policy.GetCustomAttribute<PolicyAttribute>()!.Ids)} |\n");
        }
        return text.Append('\n').ToString();
    }
}
