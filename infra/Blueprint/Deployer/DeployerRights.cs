using static Causeway.Blueprint.Deployer.DeployerScope;

namespace Causeway.Blueprint.Deployer;

/// <summary>The rights to create, read, update, tag and delete one kind of resource.</summary>
/// <param name="Kind">The kind, as in <see cref="Inventory"/>; <see cref="DeployerRights.Always"/> for every stack.</param>
internal sealed record DeployerRight(string Kind, DeployerScope Scope, params IReadOnlyList<string> Actions);

/// <summary>
/// The rights for each kind of resource: the AWS provider's calls, by the names of the Service Authorization Reference. An action is listed
/// once for each scope that it touches: a subnet is created with the stack's tag, in a VPC that has it.
/// </summary>
internal static class DeployerRights
{
    public const string Always = "look-ups";

    public static IReadOnlyList<DeployerRight> Rows { get; } =
    [
        // For the account, the image and quotas.
        new(Always, Anything, "sts:GetCallerIdentity", "ec2:DescribeImages", "ec2:DescribeInstanceTypeOfferings",
            "servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"),
        // For ops list and ops extend, which find a stack by its tags and change them. The tagging API also requires the right of the
        // service.
        new(Always, Anything, "tag:GetResources", "tag:TagResources", "ec2:DescribeLaunchTemplates", "iam:ListRoles",
            "iam:ListInstanceProfiles", "s3:ListAllMyBuckets"),

        .. New("VPC", "ec2:CreateVpc"),
        new("VPC", OwnInEc2, "ec2:DeleteVpc", "ec2:ModifyVpcAttribute"),
        new("VPC", Anything, "ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups"),
        .. New("internet gateway", "ec2:CreateInternetGateway"),
        new("internet gateway", OwnInEc2, "ec2:AttachInternetGateway", "ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"),
        new("internet gateway", Anything, "ec2:DescribeInternetGateways"),
        .. New("subnet", "ec2:CreateSubnet"),
        new("subnet", OwnInEc2, "ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute"),
        new("subnet", Anything, "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"),
        .. New("route table", "ec2:CreateRouteTable"),
        new("route table", OwnInEc2, "ec2:CreateRouteTable", "ec2:DeleteRouteTable", "ec2:DisassociateRouteTable"),
        new("route table", Anything, "ec2:DescribeRouteTables"),
        new("route", OwnInEc2, "ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"),
        new("route", Anything, "ec2:DescribeRouteTables"),
        new("route table association", OwnInEc2,
            "ec2:AssociateRouteTable", "ec2:ReplaceRouteTableAssociation", "ec2:DisassociateRouteTable"),
        new("route table association", Anything, "ec2:DescribeRouteTables"),
        new("default security group", DefaultGroup, "ec2:CreateTags"),
        new("default security group", OwnInEc2, "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"),
        new("default security group", Anything, "ec2:DescribeSecurityGroups"),
        .. New("security group", "ec2:CreateSecurityGroup"),
        new("security group", OwnInEc2,
            "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"),
        new("security group", Anything, "ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces"),
        .. New("ingress rule", "ec2:AuthorizeSecurityGroupIngress"),
        new("ingress rule", OwnInEc2,
            "ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupIngress"),
        new("ingress rule", Anything, "ec2:DescribeSecurityGroupRules"),
        .. New("egress rule", "ec2:AuthorizeSecurityGroupEgress"),
        new("egress rule", OwnInEc2,
            "ec2:AuthorizeSecurityGroupEgress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupEgress"),
        new("egress rule", Anything, "ec2:DescribeSecurityGroupRules"),
        .. New("flow log", "ec2:CreateFlowLogs"),
        new("flow log", OwnInEc2, "ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"),
        new("flow log", Anything, "ec2:DescribeFlowLogs"),
        new("flow log", PassedRole, "iam:PassRole"),
        .. New("network interface", "ec2:CreateNetworkInterface"),
        new("network interface", OwnInEc2,
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:AssignIpv6Addresses", "ec2:UnassignIpv6Addresses",
            "ec2:DetachNetworkInterface"),
        new("network interface", Anything, "ec2:DescribeNetworkInterfaces"),
        .. New("Elastic IP", "ec2:AllocateAddress"),
        new("Elastic IP", OwnInEc2, "ec2:ReleaseAddress", "ec2:DisassociateAddress"),
        new("Elastic IP", Anything, "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"),
        new("Elastic IP association", OwnInEc2, "ec2:AssociateAddress", "ec2:DisassociateAddress"),
        new("Elastic IP association", Anything, "ec2:DescribeAddresses"),
        .. New("instance", "ec2:RunInstances"),
        new("instance", OwnInEc2,
            "ec2:RunInstances", "ec2:TerminateInstances", "ec2:StopInstances", "ec2:StartInstances", "ec2:ModifyInstanceAttribute",
            "ec2:ModifyInstanceMetadataOptions", "ec2:ModifyInstanceCreditSpecification"),
        new("instance", Image, "ec2:RunInstances"),
        new("instance", Interface, "ec2:RunInstances"),
        new("instance", PassedRole, "iam:PassRole"),
        new("instance", Anything,
            "ec2:DescribeInstances", "ec2:DescribeInstanceAttribute", "ec2:DescribeInstanceTypes",
            "ec2:DescribeInstanceCreditSpecifications", "ec2:DescribeVolumes", "ec2:DescribeTags"),

        new("IAM role", Role,
            "iam:CreateRole", "iam:DeleteRole", "iam:GetRole", "iam:UpdateRole", "iam:UpdateRoleDescription",
            "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:ListRoleTags", "iam:ListRolePolicies",
            "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"),
        new("IAM role policy", Role, "iam:PutRolePolicy", "iam:GetRolePolicy", "iam:DeleteRolePolicy"),
        new("instance profile", Profile,
            "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile", "iam:AddRoleToInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "iam:UntagInstanceProfile", "iam:ListInstanceProfileTags"),
        new("instance profile", PassedRole, "iam:PassRole"),

        new("bucket", Bucket,
            "s3:CreateBucket", "s3:DeleteBucket", "s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation", "s3:GetBucketAcl",
            "s3:GetBucketCORS", "s3:GetBucketWebsite", "s3:GetBucketLogging", "s3:GetBucketPolicy", "s3:GetBucketVersioning",
            "s3:GetBucketRequestPayment", "s3:GetBucketObjectLockConfiguration", "s3:GetAccelerateConfiguration",
            "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:GetEncryptionConfiguration", "s3:GetBucketTagging",
            "s3:PutBucketTagging", "s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"),
        new("bucket public access block", Bucket, "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        new("bucket ownership controls", Bucket, "s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
        new("bucket versioning", Bucket, "s3:GetBucketVersioning", "s3:PutBucketVersioning"),
        new("bucket encryption", Bucket, "s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"),
        new("bucket lifecycle", Bucket, "s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
        new("bucket policy", Bucket, "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
        new("bucket", Objects, "s3:DeleteObject", "s3:DeleteObjectVersion"),
        new("bucket object", Objects,
            "s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObjectTagging",
            "s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:AbortMultipartUpload"),
        new("bucket object", Bucket, "s3:ListBucket", "s3:ListBucketVersions"),
        new("secret", Secret,
            "secretsmanager:CreateSecret", "secretsmanager:DescribeSecret", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret",
            "secretsmanager:RestoreSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:TagResource",
            "secretsmanager:UntagResource"),
        new("secret value", Secret,
            "secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret",
            "secretsmanager:UpdateSecretVersionStage", "secretsmanager:ListSecretVersionIds"),

        new("log group", LogGroup,
            "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy",
            "logs:ListTagsForResource", "logs:TagResource", "logs:UntagResource"),
        new("log group", Anything, "logs:DescribeLogGroups"),
        new("alarm", Alarm,
            "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:ListTagsForResource", "cloudwatch:TagResource",
            "cloudwatch:UntagResource"),
        new("alarm", Anything, "cloudwatch:DescribeAlarms", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus"),
        new("alarm", AlarmRole, "iam:CreateServiceLinkedRole", "iam:GetRole"),
        new("topic", Topic,
            "sns:CreateTopic", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:ListTagsForResource",
            "sns:TagResource", "sns:UntagResource"),
        new("topic subscription", Topic,
            "sns:Subscribe", "sns:Unsubscribe", "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes",
            "sns:ListSubscriptionsByTopic"),

        new("DNS record", Records, "route53:ChangeResourceRecordSets"),
        new("DNS record", Zone, "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"),
        new("DNS record", Change, "route53:GetChange"),
        new("DNS record", Anything, "route53:ListHostedZones", "route53:ListHostedZonesByName"),
        new("health check", Anything, "route53:CreateHealthCheck"),
        new("health check", HealthCheck,
            "route53:GetHealthCheck", "route53:UpdateHealthCheck", "route53:DeleteHealthCheck", "route53:ChangeTagsForResource",
            "route53:ListTagsForResource"),
    ];

    // What is created has tags, which may change later.
    private static IEnumerable<DeployerRight> New(string kind, string creation) =>
        [new(kind, NewInEc2, creation), new(kind, TagsOfNew, creation), new(kind, OwnInEc2, "ec2:CreateTags", "ec2:DeleteTags")];
}
