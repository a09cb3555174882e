using Causeway.Blueprint.Hosts;

namespace Causeway.Blueprint.Limits;

public enum LimitUnit
{
    Characters,
    CharactersWithoutSpace,   // as IAM counts policies
    Bytes,
    Tags,                     // with Name and the provider's default tags
}

/// <summary>A limit of AWS.</summary>
/// <param name="Kind">The kind of resource, as in <see cref="Inventory"/>.</param>
/// <param name="Property">Pulumi's name of the input.</param>
/// <param name="Source">Where AWS documents it.</param>
/// <param name="Form">A regular expression of allowed texts; null for any.</param>
public sealed record AwsLimit(
    string Kind, string Property, int Most, string Source, string? Form = null, LimitUnit Unit = LimitUnit.Characters);

/// <summary>
/// AWS's limits on tags, names, descriptions, policies and user-data. AWS checks them when it creates a resource, which may be after the
/// gate; the program checks the whole plan before it creates anything. Names of operations are those of AWS's API references.
/// </summary>
public static class AwsLimits
{
    private const string Ec2Text = @"^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$";
    private const string IamName = @"^[\w+=,.@-]+$";
    private const string IamQuotas = "IAM user guide, IAM and STS quotas";

    public static IReadOnlyList<AwsLimit> Rows { get; } =
    [
        .. Tags("EC2 user guide, tag restrictions", 50,
            "VPC", "internet gateway", "subnet", "route table", "default security group", "security group", "ingress rule", "egress rule",
            "flow log", "network interface", "Elastic IP", "instance"),
        new("instance", "rootBlockDevice.tags", 50, "EC2 user guide, tag restrictions", Unit: LimitUnit.Tags),
        .. Tags("IAM, TagRole and TagInstanceProfile", 50, "IAM role", "instance profile"),
        .. Tags("S3 user guide, bucket tags", 50, "bucket"),
        .. Tags("S3, PutObjectTagging", 10, "bucket object"),
        .. Tags("Secrets Manager, TagResource", 50, "secret"),
        .. Tags("CloudWatch Logs, CreateLogGroup", 50, "log group"),
        .. Tags("CloudWatch, PutMetricAlarm", 50, "alarm"),
        .. Tags("SNS, TagResource", 50, "topic"),
        .. Tags("Route 53, ChangeTagsForResource", 10, "health check"),

        new("security group", "description", 255, "EC2, CreateSecurityGroup", Ec2Text),
        new("ingress rule", "description", 255, "EC2, IpRange", Ec2Text),
        new("egress rule", "description", 255, "EC2, IpRange", Ec2Text),
        new("network interface", "description", 255, "EC2 console, network interfaces; the API states none"),
        new("instance", "userData", CloudInit.MaxBytes, "EC2 user guide, run commands when you launch", Unit: LimitUnit.Bytes),

        new("IAM role", "name", 64, "IAM, CreateRole", IamName),
        new("IAM role", "description", 1000, "IAM, CreateRole"),
        new("IAM role", "assumeRolePolicy", 2048, $"{IamQuotas}: role trust policy length", Unit: LimitUnit.CharactersWithoutSpace),
        new("IAM role policy", "name", 128, "IAM, PutRolePolicy", IamName),
        new("IAM role policy", "policy", 10_240, $"{IamQuotas}: a role's inline policies together", Unit: LimitUnit.CharactersWithoutSpace),
        new("instance profile", "name", 128, "IAM, CreateInstanceProfile", IamName),

        new("bucket", "bucket", 63, "S3 user guide, bucket naming rules", "^[a-z0-9][a-z0-9.-]+[a-z0-9]$"),
        new("bucket object", "key", 1024, "S3 user guide, naming objects", Unit: LimitUnit.Bytes),
        new("bucket lifecycle", "rules.id", 255, "S3, LifecycleRule"),
        new("bucket policy", "policy", 20 * 1024, "S3 user guide, bucket policies", Unit: LimitUnit.Bytes),
        new("secret", "name", 512, "Secrets Manager, CreateSecret", "^[A-Za-z0-9/_+=.@-]+$"),
        new("secret", "description", 2048, "Secrets Manager, CreateSecret"),
        new("secret value", "secretString", 65_536, "Secrets Manager, PutSecretValue", Unit: LimitUnit.Bytes),

        new("log group", "name", 512, "CloudWatch Logs, CreateLogGroup", "^[A-Za-z0-9._/#-]+$"),
        new("alarm", "name", 255, "CloudWatch, PutMetricAlarm"),
        new("alarm", "alarmDescription", 1024, "CloudWatch, PutMetricAlarm"),
        new("topic", "name", 256, "SNS, CreateTopic", "^[A-Za-z0-9_-]+$"),
        new("health check", "fqdn", 255, "Route 53, HealthCheckConfig"),
        new("health check", "resourcePath", 255, "Route 53, HealthCheckConfig"),
        new("DNS record", "name", 255, "Route 53 developer guide, DNS domain name format", @"^([^.]{1,63}\.)*[^.]{1,63}$"),
    ];

    /// <summary>The limit on an input of a kind of resource; null when there is none.</summary>
    public static AwsLimit? Of(string kind, string property) =>
        Rows.FirstOrDefault(limit => limit.Kind == kind && limit.Property == property);

    private static IEnumerable<AwsLimit> Tags(string source, int most, params string[] kinds) =>
        kinds.Select(kind => new AwsLimit(kind, "tags", most, source, Unit: LimitUnit.Tags));
}
