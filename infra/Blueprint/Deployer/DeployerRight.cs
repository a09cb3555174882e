namespace Causeway.Blueprint.Deployer;

/// <summary>The rights to create, read, update, tag and delete one kind of resource.</summary>
/// <param name="Kind">The kind, as in <see cref="Inventory"/>; <see cref="Always"/> for every stack.</param>
/// <param name="Scope">What they apply to.</param>
/// <param name="Actions">The actions.</param>
public sealed record DeployerRight(string Kind, DeployerScope Scope, params IReadOnlyList<string> Actions)
{
    /// <summary>The rights that every stack needs: to look up the account, the image and quotas.</summary>
    public const string Always = "look-ups";
}
