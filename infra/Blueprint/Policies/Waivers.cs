using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Policies;

/// <summary>The waivers of a stack. A policy test that meets an exception looks for it here.</summary>
public static class Waivers
{
    /// <summary>A permission on every resource, where the action knows no single ones.</summary>
    public const string WildcardResource = "No permission names every resource";

    /// <summary>Encryption with a key of the customer's own.</summary>
    public const string CustomerKey = "Encryption uses a key of the customer's own";

    public const string EncryptedTopic = "Topics are encrypted at rest";

    /// <summary>Instances have no public address.</summary>
    public const string NoPublicAddress = "Instances have no public address";

    /// <summary>Secrets rotate by themselves.</summary>
    public const string AutomaticRotation = "Secrets rotate by a schedule of Secrets Manager";

    /// <summary>Logs are kept for a year.</summary>
    public const string YearOfLogs = "Logs are kept for a year";

    public const string HardenedUnits = "Every unit is hardened to an exposure below 3 (systemd-analyze security)";

    internal static IReadOnlyList<Waiver> For(StackSettings settings)
    {
        var waivers = new List<Waiver>();
        if (settings.Domain is not null)
        {
            waivers.Add(new("FindHostedZone", WildcardResource, "route53:ListHostedZonesByName has no resource-level permission; the zone's id is not known when the host is planned."));
            waivers.Add(new("FollowAcmeChallenge", WildcardResource, "route53:GetChange takes a change's id, which Route 53 makes up for each change; nothing but its state can be read."));
        }
        if (settings.SessionManager)
        {
            waivers.Add(new("SessionManager", WildcardResource, "The agent's channels (ssmmessages) have no resource-level permission."));
            waivers.Add(new("ReportToSystemsManager", WildcardResource, "An instance's own id is not known when its role is made, so the permission names the account's instances in the region."));
        }
        waivers.Add(new("FindLogGroup", WildcardResource, "logs:DescribeLogGroups is asked of all of the account's log groups in the region at once; it tells their names and sizes."));
        waivers.Add(new("volume, bucket, secrets, logs", CustomerKey, "AWS's own keys encrypt the same; a key of one's own costs each month and guards against nobody who is not in the account already."));
        waivers.Add(new("alarm topics", EncryptedTopic, "CloudWatch cannot publish to a topic encrypted with AWS's own key; messages hold an alarm's name and state only."));
        waivers.Add(new("host", NoPublicAddress, "A relay is reached from everywhere; that is what it is for. Its security group opens exactly the planned ports."));
        waivers.Add(new(Units.Bootstrap.Name, HardenedUnits, "It installs Debian's packages, whose scripts may do all that root may; it listens to nobody, and never runs again once a host has come up."));
        waivers.Add(new("secrets", AutomaticRotation, "They derive from the root secret: the rotation setting rotates all of them at once, and hosts with them."));
        if (settings.LogRetentionDays < 365)
            waivers.Add(new("refused traffic", YearOfLogs, "The log holds addresses of people; logRetentionDays says how long, and a short time is the default."));
        return waivers;
    }
}
