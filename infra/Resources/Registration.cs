using Causeway.Blueprint;
using Causeway.Blueprint.Limits;
using Pulumi;

namespace Causeway.Infra.Resources;

/// <summary>What all resources have in common: their options and their tags.</summary>
internal static class Registration
{
    /// <summary>
    /// A resource of a component. If it is replaced under its name, the new one is created before the old one is deleted.
    /// </summary>
    public static CustomResourceOptions Within(this ComponentResource parent, params IEnumerable<Resource> after) =>
        new() { Parent = parent, DependsOn = after.Select(resource => (Input<Resource>)resource).ToList() };

    /// <summary>
    /// A resource of a component whose name or attachment AWS allows once. If it is replaced under its name (another image id, <c>pulumi up
    /// --replace</c>), the old one is deleted first: AWS would refuse a second one, or return the first, which the engine then deletes.
    /// </summary>
    public static CustomResourceOptions Sole(this ComponentResource parent, params IEnumerable<Resource> after)
    {
        var options = parent.Within(after);
        options.DeleteBeforeReplace = true;
        return options;
    }

    /// <summary>The same for a resource with data: the engine never deletes it if the plan protects it.</summary>
    public static CustomResourceOptions Kept(this ComponentResource parent, bool isProtected)
    {
        var options = parent.Sole();
        options.Protect = isProtected;
        return options;
    }

    /// <summary>The tags that a resource adds to the provider's default tags.</summary>
    /// <param name="tags">The stack's tags.</param>
    /// <param name="kind">The kind of resource, as <see cref="Inventory"/> calls it.</param>
    /// <param name="name">Its name, which the console shows.</param>
    public static InputMap<string> Named(this ResourceTags tags, string kind, string name) => tags.Beside(kind, name).ToDictionary();
}
