namespace Causeway.Infra.Tests;

/// <summary>What <c>ops plan</c> lists is what the program registers: as many of each kind, in every plan of the spread.</summary>
public class InventoryTests
{
    // What people call it, and what Pulumi does.
    internal static readonly Dictionary<string, string> Types = new()
    {
        ["VPC"] = "aws:ec2/vpc:Vpc",
        ["internet gateway"] = "aws:ec2/internetGateway:InternetGateway",
        ["subnet"] = "aws:ec2/subnet:Subnet",
        ["route table"] = "aws:ec2/routeTable:RouteTable",
        ["route"] = "aws:ec2/route:Route",
        ["route table association"] = "aws:ec2/routeTableAssociation:RouteTableAssociation",
        ["default security group"] = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        ["security group"] = "aws:ec2/securityGroup:SecurityGroup",
        ["ingress rule"] = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ["egress rule"] = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        ["log group"] = "aws:cloudwatch/logGroup:LogGroup",
        ["flow log"] = "aws:ec2/flowLog:FlowLog",
        ["bucket"] = "aws:s3/bucket:Bucket",
        ["bucket public access block"] = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        ["bucket ownership controls"] = "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        ["bucket versioning"] = "aws:s3/bucketVersioning:BucketVersioning",
        ["bucket encryption"] = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        ["bucket lifecycle"] = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        ["bucket policy"] = "aws:s3/bucketPolicy:BucketPolicy",
        ["bucket object"] = "aws:s3/bucketObjectv2:BucketObjectv2",
        ["secret"] = "aws:secretsmanager/secret:Secret",
        ["secret value"] = "aws:secretsmanager/secretVersion:SecretVersion",
        ["IAM role"] = "aws:iam/role:Role",
        ["IAM role policy"] = "aws:iam/rolePolicy:RolePolicy",
        ["instance profile"] = "aws:iam/instanceProfile:InstanceProfile",
        ["network interface"] = "aws:ec2/networkInterface:NetworkInterface",
        ["instance"] = "aws:ec2/instance:Instance",
        ["Elastic IP"] = "aws:ec2/eip:Eip",
        ["Elastic IP association"] = "aws:ec2/eipAssociation:EipAssociation",
        ["DNS record"] = "aws:route53/record:Record",
        ["health check"] = "aws:route53/healthCheck:HealthCheck",
        ["topic"] = "aws:sns/topic:Topic",
        ["topic subscription"] = "aws:sns/topicSubscription:TopicSubscription",
        ["alarm"] = "aws:cloudwatch/metricAlarm:MetricAlarm",
    };

    /// <summary>The kind of each type.</summary>
    internal static readonly Dictionary<string, string> Kinds = Types.ToDictionary(pair => pair.Value, pair => pair.Key);

    [Theory, EveryPlan]
    public async Task Every_registered_resource_is_in_the_inventory_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.Equal(
            registered.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal))
                .Select(resource => resource.Type).Order(StringComparer.Ordinal),
            Inventory.Of(plan).Select(resource => Types[resource.Kind]).Order(StringComparer.Ordinal));
    }

    [Theory, EveryPlan]
    public async Task A_name_in_the_inventory_is_the_name_in_AWS(Plan plan)
    {
        var registered = await Registered.From(plan);
        // What AWS gives no name of its own, as an association, has none to compare.
        var names = registered.Resources.GroupBy(resource => resource.Type).ToDictionary(same => same.Key, same =>
            same.SelectMany(NamesOf).ToHashSet());
        Assert.All(Inventory.Of(plan).Where(resource => names[Types[resource.Kind]].Count > 0), resource =>
            Assert.Contains(resource.Name, names[Types[resource.Kind]]));
    }

    private static IEnumerable<string> NamesOf(RegisteredResource resource) =>
        new[]
        {
            resource["name"], resource["key"], resource["destinationCidrBlock"], resource["destinationIpv6CidrBlock"],
            resource.At("tags.Name"),
            (resource["bucket"] as string)?.Replace("-id", "", StringComparison.Ordinal),
        }.OfType<string>();
}
