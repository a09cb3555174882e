namespace Causeway.Blueprint.Deployer;

/// <summary>What the program must be allowed for one kind of resource: to make, read, change, tag and delete it.</summary>
/// <param name="Kind">The kind, as <see cref="Inventory"/> calls it; <see cref="Always"/> for what every stack needs.</param>
/// <param name="Scope">About what.</param>
/// <param name="Actions">The actions.</param>
public sealed record DeployerRight(string Kind, DeployerScope Scope, params IReadOnlyList<string> Actions)
{
    /// <summary>Of no kind of resource, but of every stack: who one is, which image is meant, and what the account may have.</summary>
    public const string Always = "look-ups";
}
