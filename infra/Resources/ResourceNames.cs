using Causeway.Blueprint;
using Pulumi;

namespace Causeway.Infra.Resources;

/// <summary>What every resource has in common.</summary>
internal static class ResourceNames
{
    public static CustomResourceOptions Within(this ComponentResource parent, params InputList<Resource> after) => new() { Parent = parent, DependsOn = after };

    /// <summary>The plan's tags and a name, as the console shows it.</summary>
    public static InputMap<string> Tagged(this Plan plan, string name) => Tags(plan, name);

    private static Dictionary<string, string> Tags(Plan plan, string name) => new(plan.Tags) { ["Name"] = name };
}
