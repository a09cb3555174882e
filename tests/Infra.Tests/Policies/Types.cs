namespace Causeway.Infra.Tests.Policies;

/// <summary>The types that policies are about.</summary>
internal static class Types
{
    public const string Ami = "aws:ec2/getAmi:getAmi";

    public const string Instance = "aws:ec2/instance:Instance";
    public const string Interface = "aws:ec2/networkInterface:NetworkInterface";
    public const string Eip = "aws:ec2/eip:Eip";
    public const string EipAssociation = "aws:ec2/eipAssociation:EipAssociation";

    public const string Vpc = "aws:ec2/vpc:Vpc";
    public const string Subnet = "aws:ec2/subnet:Subnet";
    public const string FlowLog = "aws:ec2/flowLog:FlowLog";
    public const string Group = "aws:ec2/securityGroup:SecurityGroup";
    public const string DefaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
    public const string Record = "aws:route53/record:Record";

    public const string Bucket = "aws:s3/bucket:Bucket";
    public const string AccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    public const string Ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
    public const string Versioning = "aws:s3/bucketVersioning:BucketVersioning";
    public const string Encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    public const string Lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    public const string BucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
    public const string Secret = "aws:secretsmanager/secret:Secret";

    public const string Role = "aws:iam/role:Role";
    public const string Alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
    public const string HealthCheck = "aws:route53/healthCheck:HealthCheck";
}
