using Causeway.Blueprint.Network;

namespace Causeway.Blueprint;

/// <summary>A resource of a plan.</summary>
/// <param name="Kind">AWS's name of its kind, like <c>security group</c>.</param>
/// <param name="Name">The name in AWS, or the name of what it belongs to.</param>
public sealed record PlannedResource(string Kind, string Name, string Purpose);

/// <summary>Every resource of a plan, for <c>ops plan</c>. A test compares it with the registered graph.</summary>
public static class Inventory
{
    private static readonly string[] BucketSettings =
        ["public access block", "ownership controls", "versioning", "encryption", "lifecycle", "policy"];

    /// <summary>The resources in the order of their dependencies.</summary>
    public static IReadOnlyList<PlannedResource> Of(Plan plan) =>
        [.. OfNetwork(plan), .. OfStorage(plan), .. OfRoles(plan), .. OfHosts(plan), .. OfNames(plan), .. OfWatching(plan)];

    private static IEnumerable<PlannedResource> OfNetwork(Plan plan)
    {
        var network = plan.Network;
        yield return new("VPC", network.Name, $"the stack's own network, {network.Prefix}{(network.DualStack ? " and IPv6" : "")}");
        yield return new("internet gateway", network.Name, "the way to the internet");
        yield return new("subnet", network.Name, $"public, in zone {network.Zone}");
        yield return new("route table", network.Name, "of the subnet");
        yield return new("route", FirewallRule.EverywhereIpv4, "to the internet gateway");
        if (network.DualStack) yield return new("route", FirewallRule.EverywhereIpv6, "to the internet gateway");
        yield return new("route table association", network.Name, "of route table and subnet");
        yield return new("default security group", $"{network.Name}-default", "AWS makes it; its rules are removed");
        yield return new("security group", $"{network.Name}-hosts", "what hosts may be sent, and send");
        foreach (var rule in plan.Rules) yield return new(rule.Kind, $"{network.Name}-{rule.Name}", rule.Description);
        yield return new("log group", network.FlowLog.LogGroup, $"refused traffic, kept for {network.FlowLog.RetentionDays} days");
        yield return new("flow log", network.Name, "writes refused traffic to the log group");
    }

    private static IEnumerable<PlannedResource> OfStorage(Plan plan)
    {
        foreach (var bucket in plan.Buckets)
        {
            yield return new("bucket", bucket.Name, "what hosts fetch when they start");
            foreach (var setting in BucketSettings) yield return new($"bucket {setting}", bucket.Name, "of the bucket");
            foreach (var artifact in bucket.Artifacts)
                yield return new("bucket object", artifact.Key, $"what hosts run: {artifact.Service}");
        }
        foreach (var secret in plan.Secrets.Where(secret => !secret.MadeByHost))
        {
            yield return new("secret", secret.Name, secret.Description);
            if (secret.Value is not null) yield return new("secret value", secret.Name, "derived from the root secret");
        }
    }

    private static IEnumerable<PlannedResource> OfRoles(Plan plan)
    {
        foreach (var role in plan.Roles)
        {
            yield return new("IAM role", role.Name, role.Description);
            yield return new("IAM role policy", role.Name, "its rights; docs/policies.md lists them");
            if (plan.Hosts.Any(host => host.Role == role.Name)) yield return new("instance profile", role.Name, "gives instances the role");
        }
    }

    private static IEnumerable<PlannedResource> OfHosts(Plan plan)
    {
        foreach (var host in plan.Hosts)
        {
            yield return new("network interface", host.Name, "keeps the generation's addresses");
            yield return new("instance", host.Name, $"{host.InstanceType}, {host.Image}, {host.DiskGb} GiB");
        }
        foreach (var address in plan.Addresses)
        {
            yield return new("Elastic IP", address.Name, $"{address.Service} is reached there".ToLowerInvariant());
            yield return new("Elastic IP association", address.Name, "of the address and the network interface");
        }
    }

    private static IEnumerable<PlannedResource> OfNames(Plan plan) =>
        from record in plan.Names
        let purpose = $"{record.Type} of {record.Service}, in the hosted zone {plan.Settings.HostedZone}"
        select new PlannedResource("DNS record", record.Name, purpose);

    private static IEnumerable<PlannedResource> OfWatching(Plan plan)
    {
        foreach (var check in plan.Watch.HealthChecks)
            yield return new("health check", check.Name, $"asks for {check.Path} from several parts of the world");
        foreach (var topic in plan.Watch.Topics)
        {
            yield return new("topic", topic.Name, $"alarms in {topic.Region}");
            if (topic.Email is not null) yield return new("topic subscription", topic.Name, $"mails to {topic.Email}");
        }
        foreach (var alarm in plan.Watch.Alarms) yield return new("alarm", alarm.Name, alarm.Meaning);
    }
}
