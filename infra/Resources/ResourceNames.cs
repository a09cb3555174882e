using Causeway.Blueprint;
using Causeway.Blueprint.Limits;
using Pulumi;

namespace Causeway.Infra.Resources;

/// <summary>What every resource has in common.</summary>
internal static class ResourceNames
{
    /// <summary>Below a component. Where it is replaced under its name, the new one is made before the old one is deleted: both can be there at once.</summary>
    public static CustomResourceOptions Within(this ComponentResource parent, params IEnumerable<Resource> after) => new() { Parent = parent, DependsOn = after.Select(resource => (Input<Resource>)resource).ToList() };

    /// <summary>
    /// Below a component, and the only one of its name or attachment that AWS takes. Where it is replaced under its name (another image id, <c>pulumi up --replace</c>)
    /// the old one is deleted first: AWS would refuse the second, or take it for the first, which the engine then deletes.
    /// </summary>
    public static CustomResourceOptions Sole(this ComponentResource parent, params IEnumerable<Resource> after)
    {
        var options = parent.Within(after);
        options.DeleteBeforeReplace = true;
        return options;
    }

    /// <summary>The same of what holds data: never deleted by the engine where the plan protects it.</summary>
    public static CustomResourceOptions Kept(this ComponentResource parent, bool isProtected)
    {
        var options = parent.Sole();
        options.Protect = isProtected;
        return options;
    }

    /// <summary>The plan's tags and a name, as the console shows it; fewer where AWS takes few.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="kind">What kind of resource it is, as <see cref="Inventory"/> calls it.</param>
    /// <param name="name">Its name.</param>
    public static InputMap<string> Tagged(this Plan plan, string kind, string name) => Tagging.Of(plan, kind, name).ToDictionary();
}
