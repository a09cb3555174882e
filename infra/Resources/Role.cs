using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Iam;
using Pulumi;
using Aws = Pulumi.Aws;

namespace Causeway.Infra.Resources;

/// <summary>What a role is made from.</summary>
public sealed class RoleArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The role in it.</summary>
    public required RolePlan Role { get; init; }

    /// <summary>The ARN of each thing that its statements name.</summary>
    public required Func<Target, Input<string>> Arn { get; init; }

    /// <summary>The number of the account that the role stands in.</summary>
    public required Input<string> Account { get; init; }

    /// <summary>Whether instances take it on.</summary>
    public bool ForInstances { get; init; }
}

/// <summary>An IAM role with its one inline policy.</summary>
public sealed class Role : ComponentResource
{
    /// <summary>The role's ARN.</summary>
    public Output<string> Arn { get; }

    /// <summary>What it may do: whoever takes the role on waits for it.</summary>
    public Resource Policy { get; }

    /// <summary>The instance profile's name; empty when instances do not take the role on.</summary>
    public Output<string> InstanceProfile { get; }

    /// <summary>Registers the role.</summary>
    public Role(string name, RoleArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Role", name, options)
    {
        var role = new Aws.Iam.Role(name, new()
        {
            Name = args.Role.Name,
            Description = args.Role.Description,
            AssumeRolePolicy = args.Account.Apply(args.Role.TrustPolicy),
            Tags = args.Plan.Tagged("IAM role", args.Role.Name),
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
        // The profile is named through the policy, so that no instance starts before its role may do what it needs.
        InstanceProfile = args.ForInstances
            ? Output.Tuple(
                new Aws.Iam.InstanceProfile(name, new() { Name = args.Role.Name, Role = role.Name, Tags = args.Plan.Tagged("instance profile", args.Role.Name) }, this.Sole()).Name,
                policy.Id).Apply(both => both.Item1)
            : Output.Create("");
        RegisterOutputs(new Dictionary<string, object?> { ["arn"] = Arn, ["instanceProfile"] = InstanceProfile });
    }
}
