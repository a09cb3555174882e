using Causeway.Blueprint.Deployer;
using Causeway.Tests.Support.Aws.Iam;

namespace Causeway.Infra.Tests;

/// <summary>
/// The deployer's policy allows what is registered and no other stack's resources, by IAM's rules about ARNs and tags.
/// </summary>
public class DeployerPolicyTests
{
    // The form of each kind's ARN, with placeholders, and the actions that create, read and delete it.
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
        // The provider adopts it and never deletes it.
        ["default security group"] = ("ec2:security-group", "ec2:CreateTags", "ec2:DescribeSecurityGroups", null),
        ["security group"] = ("ec2:security-group", "ec2:CreateSecurityGroup", "ec2:DescribeSecurityGroups", "ec2:DeleteSecurityGroup"),
        ["ingress rule"] = (
            "ec2:security-group-rule",
            "ec2:AuthorizeSecurityGroupIngress", "ec2:DescribeSecurityGroupRules", "ec2:RevokeSecurityGroupIngress"),
        ["egress rule"] = (
            "ec2:security-group-rule",
            "ec2:AuthorizeSecurityGroupEgress", "ec2:DescribeSecurityGroupRules", "ec2:RevokeSecurityGroupEgress"),
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
            "secretsmanager:CreateSecret", "secretsmanager:DescribeSecret", "secretsmanager:DeleteSecret"),
        ["secret value"] = (
            "arn:aws:secretsmanager:REGION:1:secret:SECRET-abcdef",
            "secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue", "secretsmanager:UpdateSecretVersionStage"),
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
            "route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ChangeResourceRecordSets"),
        ["health check"] =
            ("arn:aws:route53:::healthcheck/1", "route53:CreateHealthCheck", "route53:GetHealthCheck", "route53:DeleteHealthCheck"),
        ["topic"] = ("arn:aws:sns:REGION:1:NAME", "sns:CreateTopic", "sns:GetTopicAttributes", "sns:DeleteTopic"),
        ["topic subscription"] = ("arn:aws:sns:REGION:1:TOPIC", "sns:Subscribe", "sns:GetSubscriptionAttributes", "sns:Unsubscribe"),
        ["alarm"] =
            ("arn:aws:cloudwatch:REGION:1:alarm:NAME", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"),
    };

    [Theory, EveryPlan]
    public async Task Every_registered_resource_may_be_created_read_and_deleted(Plan plan)
    {
        var registered = await Registered.From(plan);
        var policy = PolicyOf(plan);
        Assert.All(registered.InAws, resource =>
        {
            var (_, create, read, delete) = Calls[resource.Kind];
            var (arn, created, existing) = About(registered, resource);
            Assert.True(policy.Allows(create, arn, created) || policy.Allows(create, arn, existing), $"{create} {arn}");
            Assert.True(policy.Allows(read, "*", existing) || policy.Allows(read, arn, existing), $"{read} {arn}");
            if (delete is not null) Assert.True(policy.Allows(delete, arn, existing), $"{delete} {arn}");
        });
    }

    /// <summary>By the policy of a stack with another name and the same settings, in the same account and region.</summary>
    [Theory, EveryPlan]
    public async Task Another_stacks_resources_may_not_be_deleted(Plan plan)
    {
        var registered = await Registered.From(plan);
        var policy = PolicyOf(OfAnotherStack(plan));
        // IAM supports neither names nor tags of health checks.
        Assert.All(registered.InAws.Where(resource => resource.Type != Types.HealthCheck), resource =>
        {
            var (arn, _, existing) = About(registered, resource);
            if (Calls[resource.Kind].Delete is { } delete) Assert.False(policy.Allows(delete, arn, existing), $"{delete} {arn}");
        });
    }

    private static Plan OfAnotherStack(Plan plan) => plan with
    {
        Settings = plan.Settings with { Stack = "other" },
        Prefix = "causeway-other",
        Network = plan.Network with { FlowLog = plan.Network.FlowLog with { LogGroup = "/causeway/other/refused-traffic" } },
        Names = [.. plan.Names.Select(name => name with { Name = $"other.{name.Name}" })],
        Watch = plan.Watch with
        {
            Topics = [.. plan.Watch.Topics.Select(topic => topic with { Name = $"causeway-other-{topic.Region}-alarms" })],
        },
    };

    [Theory, EveryPlan]
    public void Roles_may_be_passed_only_to_the_services_that_assume_them(Plan plan)
    {
        var policy = PolicyOf(plan);
        bool MayPass(string role, string service) =>
            policy.Allows("iam:PassRole", $"arn:aws:iam::1:role/{role}", ("iam:PassedToService", service));
        Assert.All(plan.Roles, role =>
        {
            Assert.True(MayPass(role.Name, role.Service));
            Assert.False(MayPass(role.Name, "lambda.amazonaws.com"));
            Assert.False(MayPass("admin", role.Service));
        });
        // An alarm that recovers an instance needs CloudWatch's service-linked role, which the account may lack.
        bool MayCreate(string service) => policy.Allows(
            "iam:CreateServiceLinkedRole",
            $"arn:aws:iam::1:role/aws-service-role/{service}.amazonaws.com/AWSServiceRoleForCloudWatchEvents",
            ("iam:AWSServiceName", $"{service}.amazonaws.com"));
        Assert.True(MayCreate("events"));
        Assert.False(MayCreate("ecs"));
    }

    [Fact]
    public void An_instance_is_started_in_the_stacks_network_from_Debians_image()
    {
        var policy = PolicyOf(Plans.Of());
        const string ec2 = "arn:aws:ec2:eu-central-1:";
        bool MayRun(string arn, params (string, string)[] context) => policy.Allows("ec2:RunInstances", arn, context);
        Assert.True(MayRun($"{ec2}1:subnet/s", ("aws:ResourceTag/causeway:stack", "dev")));
        Assert.False(MayRun($"{ec2}1:subnet/s", ("aws:ResourceTag/causeway:stack", "other")));
        Assert.True(MayRun($"{ec2}:image/ami-1", ("ec2:Owner", "136693071363")));
        Assert.False(MayRun($"{ec2}:image/ami-1", ("ec2:Owner", "1")));
        Assert.True(MayRun($"{ec2}1:network-interface/eni-1"));
        Assert.False(MayRun("arn:aws:ec2:us-east-1:1:network-interface/eni-1"));
        // New resources get their tags when they are created; others need the stack's tag already.
        (string, string) tag = ("aws:RequestTag/causeway:stack", "dev");
        Assert.True(policy.Allows("ec2:CreateTags", $"{ec2}1:instance/i-1", ("ec2:CreateAction", "RunInstances"), tag));
        Assert.False(policy.Allows("ec2:CreateTags", $"{ec2}1:instance/i-1", tag));
    }

    private static IamPolicy PolicyOf(Plan plan) => IamPolicy.Read(DeployerPolicy.Render(plan));

    // A resource's ARN, and what IAM knows of it when it is created and when it exists.
    private static (string Arn, (string, string)[] Created, (string, string)[] Existing) About(
        Registered registered, RegisteredResource resource)
    {
        var (plan, tags, form) = (registered.Plan, registered.TagsOf(resource), Calls[resource.Kind].Arn);
        (string, string)[] record = resource.Type != Types.Record ? [] :
        [
            ("route53:ChangeResourceRecordSetsNormalizedRecordNames", (string)resource["name"]!),
            ("route53:ChangeResourceRecordSetsRecordTypes", (string)resource["type"]!),
        ];
        // What has no tags in EC2 belongs to a resource with the stack's tags.
        var isInEc2 = form.StartsWith("ec2:", StringComparison.Ordinal);
        var existing = isInEc2 && !resource.TakesTags ? plan.Tags : tags;
        return (
            isInEc2 ? $"arn:aws:ec2:{RegionOf(plan, resource)}:1:{form[4..]}/x-1" : Arn(form, plan, resource),
            [.. tags.Select(tag => ($"aws:RequestTag/{tag.Key}", tag.Value)), .. record],
            [.. existing.Select(tag => ($"aws:ResourceTag/{tag.Key}", tag.Value)), .. record]);
    }

    private static string RegionOf(Plan plan, RegisteredResource resource) => (string?)resource["region"] ?? plan.Settings.Region;

    private static string Arn(string form, Plan plan, RegisteredResource resource)
    {
        (string Placeholder, string? Value)[] values =
        [
            ("NAME", (string?)resource["name"]),
            ("REGION", RegionOf(plan, resource)),
            ("BUCKET", plan.Buckets[0].Name),
            ("KEY", (string?)resource["key"]),
            ("TOPIC", $"{plan.GlobalPrefix}-alarms"),
            ("SECRET", $"causeway/{plan.Settings.Stack}/{resource.Name.Split('-')[^1]}"),
        ];
        return values.Aggregate(form, (arn, value) => arn.Replace(value.Placeholder, value.Value, StringComparison.Ordinal));
    }
}
