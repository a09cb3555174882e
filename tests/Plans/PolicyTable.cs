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

    /// <summary>Judges a plan or a graph by a policy.</summary>
    /// <exception cref="InvalidOperationException">The policy complains; the message names the rule.</exception>
    public static void Judge(MethodInfo policy, object subject)
    {
        try
        {
            policy.Invoke(policy.IsStatic ? null : Activator.CreateInstance(policy.DeclaringType!), [subject]);
        }
        catch (TargetInvocationException broken)
        {
            throw new InvalidOperationException($"{Rule(policy)}: {broken.InnerException!.Message}", broken.InnerException);
        }
    }

    /// <summary>A table for each class.</summary>
    /// <param name="assembly">The test project.</param>
    /// <param name="folder">Where its policies are, as <c>tests/X/Policies</c>.</param>
    public static string Render(Assembly assembly, string folder)
    {
        var text = new StringBuilder();
        foreach (var group in Of(assembly).GroupBy(policy => policy.DeclaringType!.Name))
        {
            text.Append($"\n### {group.Key.Replace("Policies", "", StringComparison.Ordinal)}\n\nIn `{folder}/{group.Key}.cs`.\n\n");
            text.Append("| rule | id |\n| --- | --- |\n");
            foreach (var policy in group)
                text.Append($"| {Rule(policy)} | {string.Join(", ", policy.GetCustomAttribute<PolicyAttribute>()!.Ids)} |\n");
        }
        return text.Append('\n').ToString();
    }
}
