using System.Collections.Immutable;
using Causeway.Blueprint.Deployer;
using Causeway.Tests.Support.Aws.Iam;

namespace Causeway.Infra.Tests;

/// <summary>
/// Whether the deployer's policy allows exactly what is registered: IAM's own rules are applied to each resource,
/// with its ARN and its tags, and about the same resource of another stack.
/// </summary>
public class DeployerPolicyTests
{
    // For each kind what makes, reads and deletes it, and how its ARN is written: NAME is the resource's. A kind that is not here fails the
    // test.
    private static readonly Dictionary<string, (string Arn, string Create, string Read, string? Delete)> Calls = new()
    {
        ["VPC"] = ("ec2:vpc", "ec2:CreateVpc", "ec2:DescribeVpcs", "ec2:DeleteVpc"),
        ["internet gateway"] =
            ("ec2:internet-gateway", "ec2:CreateInternetGateway", "ec2:DescribeInternetGateways", "ec2:DeleteInternetGateway"),
        ["subnet"] = ("ec2:subnet", "ec2:CreateSubnet", "ec2:DescribeSubnets", "ec2:DeleteSubnet"),
        ["route table"] = ("ec2:route-table", "ec2:CreateRouteTable", "ec2:DescribeRouteTables", "ec2:DeleteRouteTable"),
        ["route"] = ("ec2:route-table", "ec2:CreateRoute", "ec2:DescribeRouteTables", "ec2:DeleteRoute"),
        ["route table association"] =
            ("ec2:route-table", "ec2:AssociateRouteTable", "ec2:DescribeRouteTables", "ec2:DisassociateRouteTable"),
        // The provider takes it over, and leaves it when it goes.
        ["default security group"] = ("ec2:security-group", "ec2:CreateTags", "ec2:DescribeSecurityGroups", null),
        ["security group"] = ("ec2:security-group", "ec2:CreateSecurityGroup", "ec2:DescribeSecurityGroups", "ec2:DeleteSecurityGroup"),
        ["ingress rule"] = (
            "ec2:security-group-rule",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:DescribeSecurityGroupRules",
            "ec2:RevokeSecurityGroupIngress"),
        ["egress rule"] = (
            "ec2:security-group-rule",
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:DescribeSecurityGroupRules",
            "ec2:RevokeSecurityGroupEgress"),
        ["log group"] = ("arn:aws:logs:REGION:1:log-group:NAME", "logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:DeleteLogGroup"),
        ["flow log"] = ("ec2:vpc-flow-log", "ec2:CreateFlowLogs", "ec2:DescribeFlowLogs", "ec2:DeleteFlowLogs"),
        ["bucket"] = ("arn:aws:s3:::BUCKET", "s3:CreateBucket", "s3:ListBucket", "s3:DeleteBucket"),
        ["bucket public access block"] =
            ("arn:aws:s3:::BUCKET", "s3:PutBucketPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ["bucket ownership controls"] =
            ("arn:aws:s3:::BUCKET", "s3:PutBucketOwnershipControls", "s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
        ["bucket versioning"] = ("arn:aws:s3:::BUCKET", "s3:PutBucketVersioning", "s3:GetBucketVersioning", "s3:PutBucketVersioning"),
        ["bucket encryption"] =
            ("arn:aws:s3:::BUCKET", "s3:PutEncryptionConfiguration", "s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"),
        ["bucket lifecycle"] =
            ("arn:aws:s3:::BUCKET", "s3:PutLifecycleConfiguration", "s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
        ["bucket policy"] = ("arn:aws:s3:::BUCKET", "s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy"),
        ["bucket object"] = ("arn:aws:s3:::BUCKET/KEY", "s3:PutObject", "s3:GetObject", "s3:DeleteObjectVersion"),
        ["secret"] = (
            "arn:aws:secretsmanager:REGION:1:secret:NAME-abcdef",
            "secretsmanager:CreateSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:DeleteSecret"),
        ["secret value"] = (
            "arn:aws:secretsmanager:REGION:1:secret:SECRET-abcdef",
            "secretsmanager:PutSecretValue",
            "secretsmanager:GetSecretValue",
            "secretsmanager:UpdateSecretVersionStage"),
        ["IAM role"] = ("arn:aws:iam::1:role/NAME", "iam:CreateRole", "iam:GetRole", "iam:DeleteRole"),
        ["IAM role policy"] = ("arn:aws:iam::1:role/NAME", "iam:PutRolePolicy", "iam:GetRolePolicy", "iam:DeleteRolePolicy"),
        ["instance profile"] =
            ("arn:aws:iam::1:instance-profile/NAME", "iam:CreateInstanceProfile", "iam:GetInstanceProfile", "iam:DeleteInstanceProfile"),
        ["network interface"] =
            ("ec2:network-interface", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"),
        ["instance"] = ("ec2:instance", "ec2:RunInstances", "ec2:DescribeInstances", "ec2:TerminateInstances"),
        ["Elastic IP"] = ("ec2:elastic-ip", "ec2:AllocateAddress", "ec2:DescribeAddresses", "ec2:ReleaseAddress"),
        ["Elastic IP association"] = ("ec2:elastic-ip", "ec2:AssociateAddress", "ec2:DescribeAddresses", "ec2:DisassociateAddress"),
        ["DNS record"] = (
            "arn:aws:route53:::hostedzone/Z1",
            "route53:ChangeResourceRecordSets",
            "route53:ListResourceRecordSets",
            "route53:ChangeResourceRecordSets"),
        ["health check"] =
            ("arn:aws:route53:::healthcheck/1", "route53:CreateHealthCheck", "route53:GetHealthCheck", "route53:DeleteHealthCheck"),
        ["topic"] = ("arn:aws:sns:REGION:1:NAME", "sns:CreateTopic", "sns:GetTopicAttributes", "sns:DeleteTopic"),
        ["topic subscription"] = ("arn:aws:sns:REGION:1:LOGICAL", "sns:Subscribe", "sns:GetSubscriptionAttributes", "sns:Unsubscribe"),
        ["alarm"] =
            ("arn:aws:cloudwatch:REGION:1:alarm:NAME", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"),
    };

    // Neither names nor tags of health checks are known to IAM.
    private static readonly string[] NotNarrow = ["health check"];

    [Theory, EveryPlan]
    public async Task Every_registered_resource_may_be_made_read_and_deleted(Plan plan)
    {
        var registered = await Registered.From(plan);
        var policy = Statements(plan);
        Assert.All(registered.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)), resource =>
        {
            var (_, create, read, delete) = Assert.Contains(
                InventoryTests.Kinds[resource.Type], (IReadOnlyDictionary<string, (string, string, string, string?)>)Calls);
            var (arn, tags, extra) = About(registered, resource);
            // Made with its tags; then it has them.
            Assert.True(
                policy.Allows(create, arn, [.. tags.Select(tag => ($"aws:RequestTag/{tag.Key}", tag.Value)), .. extra])
                    || policy.Allows(create, arn, Existing(registered, resource, tags, extra)),
                $"{create} {arn}");
            Assert.True(
                policy.Allows(read, "*", Existing(registered, resource, tags, extra))
                    || policy.Allows(read, arn, Existing(registered, resource, tags, extra)),
                $"{read} {arn}");
            if (delete is not null) Assert.True(policy.Allows(delete, arn, Existing(registered, resource, tags, extra)), $"{delete} {arn}");
        });
    }

    /// <summary>The same resources of a stack with another name, in the same account and region.</summary>
    [Theory, EveryPlan]
    public async Task What_is_another_stacks_may_not_be_deleted(Plan plan)
    {
        var registered = await Registered.From(plan);
        // A policy of the stack "other", with otherwise equal settings.
        var other = Statements(plan with
        {
            Settings = plan.Settings with { Stack = "other" },
            Prefix = "causeway-other",
            Network = plan.Network with
            {
                FlowLog = plan.Network.FlowLog with { LogGroup = "/causeway/other/refused-traffic" },
            },
            Names = [.. plan.Names.Select(name => name with { Name = $"other.{name.Name}" })],
            Watch = plan.Watch with
            {
                Topics = [.. plan.Watch.Topics.Select(topic => topic with { Name = $"causeway-other-{topic.Region}-alarms" })],
            },
        });
        Assert.All(registered.Resources.Where(resource =>
            resource.Type.StartsWith("aws:", StringComparison.Ordinal)
                && !NotNarrow.Contains(InventoryTests.Kinds[resource.Type])), resource =>
        {
            var (arn, tags, extra) = About(registered, resource);
            if (Calls[InventoryTests.Kinds[resource.Type]].Delete is { } delete)
                Assert.False(other.Allows(delete, arn, Existing(registered, resource, tags, extra)), $"{delete} {arn}");
        });
    }

    [Theory, EveryPlan]
    public async Task Roles_may_be_passed_to_the_services_that_take_them_on_and_to_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        var policy = Statements(plan);
        Assert.All(plan.Roles, role =>
        {
            Assert.True(policy.Allows("iam:PassRole", $"arn:aws:iam::1:role/{role.Name}", ("iam:PassedToService", role.Service)));
            Assert.False(
                policy.Allows("iam:PassRole", $"arn:aws:iam::1:role/{role.Name}", ("iam:PassedToService", "lambda.amazonaws.com")));
            Assert.False(policy.Allows("iam:PassRole", "arn:aws:iam::1:role/admin", ("iam:PassedToService", role.Service)));
        });
        // Alarms that move an instance to other hardware need CloudWatch's own role, which an account may not have yet.
        const string alarms = "arn:aws:iam::1:role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents";
        Assert.True(policy.Allows("iam:CreateServiceLinkedRole", alarms, ("iam:AWSServiceName", "events.amazonaws.com")));
        Assert.False(
            policy.Allows(
                "iam:CreateServiceLinkedRole",
                alarms.Replace("events", "ecs", StringComparison.Ordinal),
                ("iam:AWSServiceName", "ecs.amazonaws.com")));
    }

    /// <summary>An instance is started with what is there already, and from Debian's image alone.</summary>
    [Fact]
    public void An_instance_is_started_in_the_stacks_own_network_from_its_publishers_image()
    {
        var plan = Plans.Of();
        var policy = Statements(plan);
        (string, string) own = ("aws:ResourceTag/causeway:stack", "dev"), foreign = ("aws:ResourceTag/causeway:stack", "other");
        Assert.True(policy.Allows("ec2:RunInstances", "arn:aws:ec2:eu-central-1:1:subnet/s", own));
        Assert.False(policy.Allows("ec2:RunInstances", "arn:aws:ec2:eu-central-1:1:subnet/s", foreign));
        Assert.True(policy.Allows("ec2:RunInstances", "arn:aws:ec2:eu-central-1::image/ami-1", ("ec2:Owner", "136693071363")));
        Assert.False(policy.Allows("ec2:RunInstances", "arn:aws:ec2:eu-central-1::image/ami-1", ("ec2:Owner", "1")));
        Assert.True(policy.Allows("ec2:RunInstances", "arn:aws:ec2:eu-central-1:1:network-interface/eni-1"));
        Assert.False(policy.Allows("ec2:RunInstances", "arn:aws:ec2:us-east-1:1:network-interface/eni-1"));
        // Tags are given with what is made, and to what has the stack's already.
        Assert.True(
            policy.Allows(
                "ec2:CreateTags",
                "arn:aws:ec2:eu-central-1:1:instance/i-1",
                ("ec2:CreateAction", "RunInstances"),
                ("aws:RequestTag/causeway:stack", "dev")));
        Assert.False(policy.Allows("ec2:CreateTags", "arn:aws:ec2:eu-central-1:1:instance/i-1", ("aws:RequestTag/causeway:stack", "dev")));
    }

    private static IamPolicy Statements(Plan plan) => IamPolicy.Read(DeployerPolicy.Render(plan));

    private static (
        string Arn,
        IReadOnlyDictionary<string, string> Tags,
        IReadOnlyList<(string, string)> Extra) About(Registered registered, RegisteredResource resource)
    {
        var (kind, region) = (InventoryTests.Kinds[resource.Type], (string?)resource["region"] ?? registered.Plan.Settings.Region);
        var template = Calls[kind].Arn;
        var arn = template.StartsWith("ec2:", StringComparison.Ordinal)
            ? $"arn:aws:ec2:{region}:1:{template[4..]}/x-1"
            : template
                .Replace("NAME", (string?)resource["name"], StringComparison.Ordinal)
                .Replace("REGION", region, StringComparison.Ordinal)
                .Replace("BUCKET", registered.Plan.Buckets[0].Name, StringComparison.Ordinal)
                .Replace("KEY", (string?)resource["key"], StringComparison.Ordinal)
                .Replace(
                    "LOGICAL",
                    resource.Name.Replace($"-{region}", "", StringComparison.Ordinal) is var topic && kind == "topic subscription"
                        ? $"{registered.Plan.GlobalPrefix}-alarms"
                        : topic,
                    StringComparison.Ordinal)
                .Replace(
                    "SECRET",
                    kind == "secret value"
                        ? $"causeway/{registered.Plan.Settings.Stack}/{resource.Name[(registered.Plan.Prefix.Length + 1)..]}"
                        : "",
                    StringComparison.Ordinal);
        var tags = registered.TagsOf(resource);
        IReadOnlyList<(string, string)> extra = kind == "DNS record"
            ? [(
                "route53:ChangeResourceRecordSetsNormalizedRecordNames",
                (string)resource["name"]!), ("route53:ChangeResourceRecordSetsRecordTypes", (string)resource["type"]!)]
            : [];
        return (arn, tags, extra);
    }

    // What has no tags of its own in EC2 is about something of the stack's that has them.
    private static IReadOnlyList<(string, string)> Existing(
        Registered registered,
        RegisteredResource resource,
        IReadOnlyDictionary<string, string> tags,
        IReadOnlyList<(string, string)> extra) =>
    [
        .. (
            !resource.TakesTags && Calls[InventoryTests.Kinds[resource.Type]].Arn.StartsWith("ec2:", StringComparison.Ordinal)
                ? registered.Plan.Tags
                : tags)
            .Select(tag => ($"aws:ResourceTag/{tag.Key}", tag.Value)),
        .. extra,
    ];
}
