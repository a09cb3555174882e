using System.Collections.Immutable;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Limits;
using Pulumi;
using Aws = Pulumi.Aws;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="Role"/>.</summary>
public sealed class RoleArgs : ResourceArgs
{
    /// <summary>The role.</summary>
    public required RolePlan Role { get; init; }

    /// <summary>The ARN of each thing that its statements name.</summary>
    public required Func<Target, Input<string>> Arn { get; init; }

    /// <summary>The number of the account that the role is in.</summary>
    public required Input<string> Account { get; init; }

    /// <summary>Whether instances assume it.</summary>
    public bool ForInstances { get; init; }

    /// <summary>The stack's tags.</summary>
    public required ResourceTags Tags { get; init; }
}

/// <summary>An IAM role with its one inline policy.</summary>
public sealed class Role : ComponentResource
{
    /// <summary>The role's ARN.</summary>
    public Output<string> Arn { get; }

    /// <summary>Its policy; what assumes the role depends on it.</summary>
    public Resource Policy { get; }

    /// <summary>The instance profile's name; empty when instances do not assume the role.</summary>
    public Output<string> InstanceProfile { get; }

    /// <summary>Registers the role.</summary>
    public Role(string name, RoleArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Role", name, options)
    {
        var role = new Aws.Iam.Role(name, new()
        {
            Name = args.Role.Name,
            Description = args.Role.Description,
            AssumeRolePolicy = args.Account.Apply(args.Role.TrustPolicy),
            Tags = args.Tags.Named("IAM role", args.Role.Name),
        }, this.Sole());

        var targets = args.Role.Statements.SelectMany(statement => statement.Targets).Distinct().ToImmutableArray();
        var policy = new Aws.Iam.RolePolicy(name, new()
        {
            Name = args.Role.Name,
            Role = role.Name,
            Policy = Output.All(targets.Select(args.Arn)).Apply(arns => args.Role.Policy(target => arns[targets.IndexOf(target)])),
        }, this.Sole());

        Arn = role.Arn;
        Policy = policy;
        InstanceProfile = args.ForInstances ? Profile(name, args, role, policy) : Output.Create("");
        RegisterOutputs(new Dictionary<string, object?> { ["arn"] = Arn, ["instanceProfile"] = InstanceProfile });
    }

    // Its name is known after the policy, so that no instance starts before its role has its rights.
    private Output<string> Profile(string name, RoleArgs args, Aws.Iam.Role role, Aws.Iam.RolePolicy policy)
    {
        var profile = new Aws.Iam.InstanceProfile(name, new()
        {
            Name = args.Role.Name,
            Role = role.Name,
            Tags = args.Tags.Named("instance profile", args.Role.Name),
        }, this.Sole());
        return Output.Tuple(profile.Name, policy.Id).Apply(both => both.Item1);
    }
}
