using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Naming;
using static Causeway.Blueprint.Deployer.DeployerScope;

namespace Causeway.Blueprint.Deployer;

/// <summary>
/// The rights to run <c>pulumi up</c>: a policy for a role, made from the plan's resources. Names and the tag <c>causeway:stack</c> limit
/// it to this stack where AWS supports it. The account's number is unknown, but a policy applies to its own account only.
/// </summary>
public static class DeployerPolicy
{
    /// <summary>The statements of a plan: one for each scope that its resources need.</summary>
    public static IReadOnlyList<PolicyStatement> Statements(Plan plan)
    {
        var kinds = Inventory.Of(plan).Select(resource => resource.Kind).Append(DeployerRights.Always).ToHashSet();
        return
        [
            .. from right in DeployerRights.Rows
               where kinds.Contains(right.Kind)
               group right by right.Scope into same
               orderby same.Key
               select Statement(plan, same.Key, [.. same.SelectMany(right => right.Actions).Distinct().Order(StringComparer.Ordinal)]),
        ];
    }

    public static string Render(Plan plan) => PolicyStatement.Render(Statements(plan));

    private static PolicyStatement Statement(Plan plan, DeployerScope scope, IReadOnlyList<string> actions)
    {
        var (region, stack) = (plan.Settings.Region, plan.Settings.Stack);
        var requested = new Condition("StringEquals", $"aws:RequestTag/{StackTags.StackTag}", [stack]);
        var roles = $"arn:aws:iam::*:role/{plan.GlobalPrefix}-*";
        // Its name ends in characters that derive from the root secret.
        var bucket = $"arn:aws:s3:::{plan.Prefix}-{new string('?', Generation.Placeholder.Length)}";
        var logs = $"arn:aws:logs:{region}:*:log-group:{plan.Network.FlowLog.LogGroup}";

        return scope switch
        {
            Anything => Of(["*"]),
            NewInEc2 => Of([Ec2("*")], requested),
            OwnInEc2 => Of([Ec2("*")], new Condition("StringEquals", $"aws:ResourceTag/{StackTags.StackTag}", [stack])),
            // The actions of this scope are the creations that may set tags.
            TagsOfNew => new($"{scope}", ["ec2:CreateTags"], [Ec2("*")],
                [new("StringEquals", "ec2:CreateAction", [.. actions.Select(action => action.Split(':')[1])]), requested]),
            DefaultGroup => Of(
                [Ec2("security-group")],
                requested,
                new Condition("Null", $"aws:ResourceTag/{StackTags.StackTag}", ["true"])),
            Image => Of([$"arn:aws:ec2:{region}::image/*"], new Condition("StringEquals", "ec2:Owner", [HostPlan.ImageOwner])),
            Interface => Of([Ec2("network-interface")]),
            Role => Of([roles]),
            PassedRole => Of([roles], new Condition("StringEquals", "iam:PassedToService",
                [.. plan.Roles.Select(role => role.Service).Order(StringComparer.Ordinal)])),
            AlarmRole => Of(
                ["arn:aws:iam::*:role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents"],
                new Condition("StringEqualsIfExists", "iam:AWSServiceName", ["events.amazonaws.com"])),
            Profile => Of([$"arn:aws:iam::*:instance-profile/{plan.GlobalPrefix}-*"]),
            Bucket => Of([bucket]),
            Objects => Of([$"{bucket}/*"]),
            Secret => Of([$"arn:aws:secretsmanager:{region}:*:secret:causeway/{stack}/*"]),
            LogGroup => Of([logs, $"{logs}:*"]),
            Alarm => Of([.. plan.Watch.Alarms.Select(alarm => alarm.Region).Distinct().Select(where =>
                $"arn:aws:cloudwatch:{where}:*:alarm:{(where == region ? plan.Prefix : plan.GlobalPrefix)}-*")]),
            Topic => Of([.. plan.Watch.Topics.Select(topic => $"arn:aws:sns:{topic.Region}:*:{topic.Name}")]),
            Zone => Of(["arn:aws:route53:::hostedzone/*"]),
            Records => Of(
                ["arn:aws:route53:::hostedzone/*"],
                new Condition("ForAllValues:StringLike", "route53:ChangeResourceRecordSetsNormalizedRecordNames",
                    [.. plan.Names.Select(name => name.Name.Replace(plan.Generation, "*", StringComparison.Ordinal)).Distinct()]),
                new Condition("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", ["A", "AAAA"])),
            Change => Of(["arn:aws:route53:::change/*"]),
            HealthCheck => Of(["arn:aws:route53:::healthcheck/*"]),
            _ => throw new InvalidOperationException($"{scope} has no statement"),
        };

        PolicyStatement Of(IReadOnlyList<string> resources, params IReadOnlyList<Condition> conditions) =>
            new($"{scope}", actions, resources, conditions);

        string Ec2(string type) => $"arn:aws:ec2:{region}:*:{type}/*";
    }
}
