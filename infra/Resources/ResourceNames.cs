using Causeway.Blueprint;
using Pulumi;

namespace Causeway.Infra.Resources;

/// <summary>What every resource has in common.</summary>
internal static class ResourceNames
{
    public static CustomResourceOptions Within(this ComponentResource parent, params IEnumerable<Resource> after) => new() { Parent = parent, DependsOn = after.Select(resource => (Input<Resource>)resource).ToList() };

    /// <summary>Below a component, and never deleted by the engine where the plan protects it.</summary>
    public static CustomResourceOptions Kept(this ComponentResource parent, bool isProtected) => new() { Parent = parent, Protect = isProtected };

    /// <summary>The plan's tags and a name, as the console shows it.</summary>
    public static InputMap<string> Tagged(this Plan plan, string name) => Tags(plan, name);

    /// <summary>The stack's own tags, for S3's objects: they take 10 and no more ("Object tagging" in the S3 user guide).</summary>
    public static InputMap<string> TaggedFew(this Plan plan, string name) => new Dictionary<string, string>(plan.OwnTags) { ["Name"] = name };

    private static Dictionary<string, string> Tags(Plan plan, string name) => new(plan.Tags) { ["Name"] = name };
}
