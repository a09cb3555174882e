using Causeway.Blueprint.Iam;
using Causeway.Tests.Support.Aws.Boot;

namespace Causeway.Tests.Plans;

/// <summary>Judges requests by a role as the plan has it: by action, resource and condition, as IAM does.</summary>
/// <param name="role">The role.</param>
/// <param name="zone">The id of the stack's hosted zone.</param>
public sealed class RolePermissions(RolePlan role, string zone)
{
    /// <summary>Whether a statement of the role allows a call.</summary>
    /// <param name="service">The service, as <c>s3</c>.</param>
    /// <param name="call">The call.</param>
    public bool Allow(string service, AwsCall call) => role.Statements.Any(statement =>
        statement.Actions.Contains($"{service}:{call.Action}")
        && statement.Targets.Any(target => Covers(target, call.About))
        && statement.Conditions.All(condition => Holds(condition, call)));

    private bool Covers(Target target, string about) => target switch
    {
        Target.Objects(_, var prefix) => about.StartsWith(prefix, StringComparison.Ordinal),
        Target.Secret(var name) => about == name,
        Target.HostedZone => about == $"hostedzone/{zone}",
        Target.DnsChanges => about.StartsWith("change/", StringComparison.Ordinal),
        Target.Everything => true,
        _ => false,
    };

    // "ForAllValues": every value of the request is among the policy's; also when the request has none (IAM user guide, "Multivalued context keys").
    private static bool Holds(Condition condition, AwsCall call) => condition.Operator switch
    {
        "ForAllValues:StringEquals" => call.Context.GetValueOrDefault(condition.Key, []).All(condition.Values.Contains),
        _ => throw new NotSupportedException($"the lab does not know the condition operator {condition.Operator}; teach it here"),
    };
}
