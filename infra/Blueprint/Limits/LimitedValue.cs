using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Network;

namespace Causeway.Blueprint.Limits;

/// <summary>A text of the plan that AWS limits.</summary>
/// <param name="Kind">The kind of resource, as in <see cref="Inventory"/>.</param>
/// <param name="Subject">The resource.</param>
/// <param name="Property">The input.</param>
/// <param name="Text">The text; for policies with ARNs the longest possible one. It may be secret.</param>
public sealed record LimitedValue(string Kind, string Subject, string Property, string Text)
{
    /// <summary>Every limited text of a plan.</summary>
    public static IEnumerable<LimitedValue> Of(Plan plan) => [.. OfNetwork(plan), .. OfStorage(plan), .. OfRoles(plan), .. OfHosts(plan),
        .. OfWatching(plan)];

    public override string ToString() => $"{Property} of {Kind} {Subject}";

    private static IEnumerable<LimitedValue> OfNetwork(Plan plan)
    {
        var network = plan.Network;
        foreach (var rule in plan.Rules)
            yield return new(rule.Direction == Direction.Ingress ? "ingress rule" : "egress rule", $"{network.Name}-{rule.Name}",
                "description", rule.Description);
        yield return new("log group", network.FlowLog.LogGroup, "name", network.FlowLog.LogGroup);
        foreach (var name in plan.Names) yield return new("DNS record", name.Name, "name", name.Name);
    }

    private static IEnumerable<LimitedValue> OfStorage(Plan plan)
    {
        foreach (var bucket in plan.Buckets)
        {
            yield return new("bucket", bucket.Name, "bucket", bucket.Name);
            foreach (var artifact in bucket.Artifacts) yield return new("bucket object", artifact.Key, "key", artifact.Key);
        }
        foreach (var secret in plan.Secrets)
        {
            yield return new("secret", secret.Name, "name", secret.Name);
            yield return new("secret", secret.Name, "description", secret.Description);
            if (secret.Value is { } value) yield return new("secret value", secret.Name, "secretString", value.Reveal());
        }
    }

    private static IEnumerable<LimitedValue> OfRoles(Plan plan)
    {
        foreach (var role in plan.Roles)
        {
            yield return new("IAM role", role.Name, "name", role.Name);
            yield return new("IAM role", role.Name, "description", role.Description);
            yield return new("IAM role", role.Name, "assumeRolePolicy", role.TrustPolicy(Account));
            yield return new("IAM role policy", role.Name, "name", role.Name);
            yield return new("IAM role policy", role.Name, "policy", role.Policy(target => LongestArn(plan, target)));
            if (plan.Hosts.Any(host => host.Role == role.Name)) yield return new("instance profile", role.Name, "name", role.Name);
        }
    }

    private static IEnumerable<LimitedValue> OfHosts(Plan plan)
    {
        foreach (var host in plan.Hosts)
        {
            yield return new("network interface", host.Name, "description", host.Name);
            yield return new("instance", host.Name, "userData", host.CloudInit.Render());
        }
    }

    private static IEnumerable<LimitedValue> OfWatching(Plan plan)
    {
        foreach (var check in plan.Watch.HealthChecks)
        {
            if (check.Host is { } host) yield return new("health check", check.Name, "fqdn", host);
            yield return new("health check", check.Name, "resourcePath", check.Path);
        }
        foreach (var topic in plan.Watch.Topics) yield return new("topic", topic.Name, "name", topic.Name);
        foreach (var alarm in plan.Watch.Alarms)
        {
            yield return new("alarm", alarm.Name, "name", alarm.Name);
            yield return new("alarm", alarm.Name, "alarmDescription", alarm.Meaning);
        }
    }

    // Account numbers have twelve digits, ids of zones up to 32 characters, and Secrets Manager adds seven characters to names.
    private const string Account = "000000000000";

    private static string LongestArn(Plan plan, Target target) => target switch
    {
        Target.Secret secret => $"arn:aws:secretsmanager:{plan.Settings.Region}:{Account}:secret:{secret.Name}-000000",
        Target.HostedZone => $"arn:aws:route53:::hostedzone/{new string('0', 32)}",
        _ => target.Arn(plan.Settings.Region, Account)!,
    };
}
