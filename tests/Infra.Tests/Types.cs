namespace Causeway.Infra.Tests;

/// <summary>The types of resources and look-ups, as Pulumi calls them.</summary>
internal static class Types
{
    public const string Provider = "pulumi:providers:aws";

    public const string Ami = "aws:ec2/getAmi:getAmi";
    public const string Eips = "aws:ec2/getEips:getEips";
    public const string HostedZone = "aws:route53/getZone:getZone";
    public const string Records = "aws:route53/getRecords:getRecords";

    public const string Vpc = "aws:ec2/vpc:Vpc";
    public const string InternetGateway = "aws:ec2/internetGateway:InternetGateway";
    public const string Subnet = "aws:ec2/subnet:Subnet";
    public const string RouteTable = "aws:ec2/routeTable:RouteTable";
    public const string Route = "aws:ec2/route:Route";
    public const string RouteTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation";
    public const string DefaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
    public const string Group = "aws:ec2/securityGroup:SecurityGroup";
    public const string IngressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    public const string EgressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
    public const string LogGroup = "aws:cloudwatch/logGroup:LogGroup";
    public const string FlowLog = "aws:ec2/flowLog:FlowLog";

    public const string Bucket = "aws:s3/bucket:Bucket";
    public const string AccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    public const string Ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
    public const string Versioning = "aws:s3/bucketVersioning:BucketVersioning";
    public const string Encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    public const string Lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    public const string BucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
    public const string BucketObject = "aws:s3/bucketObjectv2:BucketObjectv2";
    public const string Secret = "aws:secretsmanager/secret:Secret";
    public const string SecretVersion = "aws:secretsmanager/secretVersion:SecretVersion";

    public const string Role = "aws:iam/role:Role";
    public const string RolePolicy = "aws:iam/rolePolicy:RolePolicy";
    public const string InstanceProfile = "aws:iam/instanceProfile:InstanceProfile";
    public const string Interface = "aws:ec2/networkInterface:NetworkInterface";
    public const string Instance = "aws:ec2/instance:Instance";
    public const string Eip = "aws:ec2/eip:Eip";
    public const string EipAssociation = "aws:ec2/eipAssociation:EipAssociation";

    public const string Record = "aws:route53/record:Record";
    public const string HealthCheck = "aws:route53/healthCheck:HealthCheck";
    public const string Topic = "aws:sns/topic:Topic";
    public const string Subscription = "aws:sns/topicSubscription:TopicSubscription";
    public const string Alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";

    /// <summary>The type of each kind of the inventory.</summary>
    public static IReadOnlyDictionary<string, string> ByKind { get; } = new Dictionary<string, string>
    {
        ["VPC"] = Vpc,
        ["internet gateway"] = InternetGateway,
        ["subnet"] = Subnet,
        ["route table"] = RouteTable,
        ["route"] = Route,
        ["route table association"] = RouteTableAssociation,
        ["default security group"] = DefaultGroup,
        ["security group"] = Group,
        ["ingress rule"] = IngressRule,
        ["egress rule"] = EgressRule,
        ["log group"] = LogGroup,
        ["flow log"] = FlowLog,
        ["bucket"] = Bucket,
        ["bucket public access block"] = AccessBlock,
        ["bucket ownership controls"] = Ownership,
        ["bucket versioning"] = Versioning,
        ["bucket encryption"] = Encryption,
        ["bucket lifecycle"] = Lifecycle,
        ["bucket policy"] = BucketPolicy,
        ["bucket object"] = BucketObject,
        ["secret"] = Secret,
        ["secret value"] = SecretVersion,
        ["IAM role"] = Role,
        ["IAM role policy"] = RolePolicy,
        ["instance profile"] = InstanceProfile,
        ["network interface"] = Interface,
        ["instance"] = Instance,
        ["Elastic IP"] = Eip,
        ["Elastic IP association"] = EipAssociation,
        ["DNS record"] = Record,
        ["health check"] = HealthCheck,
        ["topic"] = Topic,
        ["topic subscription"] = Subscription,
        ["alarm"] = Alarm,
    };

    private static readonly Dictionary<string, string> Kinds = ByKind.ToDictionary(type => type.Value, type => type.Key);

    /// <summary>What people call a type.</summary>
    public static string KindOf(string type) => Kinds[type];
}
