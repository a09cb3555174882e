using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Policies;

/// <summary>An exception from a common rule.</summary>
public sealed record Waiver(string Subject, string Rule, string Reason);

/// <summary>The waivers of a stack. A policy test accepts an exception only if it is listed here.</summary>
public static class Waivers
{
    public const string WildcardResource = "No permission names every resource";
    public const string CustomerKey = "Encryption uses a customer-managed key";
    public const string EncryptedTopic = "Topics are encrypted at rest";
    public const string NoPublicAddress = "Instances have no public address";
    public const string AutomaticRotation = "Secrets rotate by a schedule of Secrets Manager";
    public const string YearOfLogs = "Logs are kept for a year";
    public const string HardenedUnits = "Every unit is hardened to an exposure below 3 (systemd-analyze security)";

    internal static IEnumerable<Waiver> For(StackSettings settings)
    {
        if (settings.Domain is not null)
        {
            yield return new("FindHostedZone", WildcardResource,
                "route53:ListHostedZonesByName has no resource-level permission, and the zone's id is unknown when the host is planned.");
            yield return new("FollowAcmeChallenge", WildcardResource,
                "route53:GetChange takes a change's id, which Route 53 generates; it reads nothing but the change's state.");
        }
        if (settings.SessionManager)
        {
            yield return new("SessionManager", WildcardResource,
                "The agent's channels (ssmmessages) have no resource-level permission.");
            yield return new("ReportToSystemsManager", WildcardResource,
                "An instance's id is unknown when its role is created, so the permission covers the account's instances in the region.");
        }
        yield return new("FindLogGroup", WildcardResource,
            "logs:DescribeLogGroups lists all log groups of the account in the region; it returns names and sizes.");
        yield return new("volume, bucket, secrets, logs", CustomerKey,
            "AWS-managed keys encrypt the same. "
            + "A customer-managed key costs each month and protects only against those with access to the account.");
        yield return new("alarm topics", EncryptedTopic,
            "CloudWatch can't publish to a topic that is encrypted with an AWS-managed key. "
            + "Messages contain only an alarm's name and state.");
        yield return new("host", NoPublicAddress,
            "A relay must be reachable from everywhere. Its security group opens exactly the planned ports.");
        yield return new(Units.Bootstrap.Name, HardenedUnits,
            "It installs Debian packages, whose scripts need root's rights. "
            + "It listens on no port, and doesn't run again after the first boot.");
        yield return new("secrets", AutomaticRotation,
            "They derive from the root secret: the setting rotation rotates all of them and the hosts.");
        if (settings.LogRetentionDays < 365)
        {
            yield return new("refused traffic", YearOfLogs,
                "The log contains people's addresses; logRetentionDays sets how long it is kept, by default a short time.");
        }
    }
}
