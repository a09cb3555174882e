using Causeway.Blueprint.Iam;

namespace Causeway.Blueprint.Limits;

/// <summary>A text of the plan that AWS limits.</summary>
/// <param name="Kind">The kind of resource, as in <see cref="Inventory"/>.</param>
/// <param name="Text">The text; for policies with ARNs the longest possible one. It may be secret.</param>
public sealed record LimitedValue(string Kind, string Subject, string Property, string Text)
{
    // Account numbers have twelve digits, ids of zones up to 32 characters, and Secrets Manager adds seven characters to names.
    private const string Account = "000000000000";

    public static IEnumerable<LimitedValue> Of(Plan plan)
    {
        foreach (var rule in plan.Rules) yield return new(rule.Kind, $"{plan.Network.Name}-{rule.Name}", "description", rule.Description);
        yield return Name("log group", plan.Network.FlowLog.LogGroup);
        foreach (var record in plan.Names) yield return Name("DNS record", record.Name);

        foreach (var bucket in plan.Buckets) yield return new("bucket", bucket.Name, "bucket", bucket.Name);
        foreach (var artifact in plan.Buckets.SelectMany(bucket => bucket.Artifacts))
            yield return new("bucket object", artifact.Key, "key", artifact.Key);
        foreach (var secret in plan.Secrets)
        {
            yield return Name("secret", secret.Name);
            yield return new("secret", secret.Name, "description", secret.Description);
            if (secret.Value is { } value) yield return new("secret value", secret.Name, "secretString", value.Reveal());
        }

        foreach (var role in plan.Roles)
        {
            yield return Name("IAM role", role.Name);
            yield return new("IAM role", role.Name, "description", role.Description);
            yield return new("IAM role", role.Name, "assumeRolePolicy", role.TrustPolicy(Account));
            yield return Name("IAM role policy", role.Name);
            yield return new("IAM role policy", role.Name, "policy", role.Policy(target => LongestArn(plan, target)));
            if (plan.Hosts.Any(host => host.Role == role.Name)) yield return Name("instance profile", role.Name);
        }
        foreach (var host in plan.Hosts)
        {
            yield return new("network interface", host.Name, "description", host.Name);
            yield return new("instance", host.Name, "userData", host.CloudInit.Render());
        }

        foreach (var check in plan.Watch.HealthChecks)
        {
            if (check.Host is { } host) yield return new("health check", check.Name, "fqdn", host);
            yield return new("health check", check.Name, "resourcePath", check.Path);
        }
        foreach (var topic in plan.Watch.Topics) yield return Name("topic", topic.Name);
        foreach (var alarm in plan.Watch.Alarms)
        {
            yield return Name("alarm", alarm.Name);
            yield return new("alarm", alarm.Name, "alarmDescription", alarm.Meaning);
        }
    }

    public override string ToString() => $"{Property} of {Kind} {Subject}";

    private static LimitedValue Name(string kind, string name) => new(kind, name, "name", name);

    private static string LongestArn(Plan plan, Target target) => target switch
    {
        Target.Secret secret => $"arn:aws:secretsmanager:{plan.Settings.Region}:{Account}:secret:{secret.Name}-000000",
        Target.HostedZone => $"arn:aws:route53:::hostedzone/{new string('0', 32)}",
        _ => target.Arn(plan.Settings.Region, Account)!,
    };
}
