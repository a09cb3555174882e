using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint.Services;

namespace Causeway.Blueprint.Sweep;

/// <summary>
/// Everything that the sweep finds and removes, and what each type that the Pulumi program registers is to it. A test compares it with what
/// is registered, so that a new type cannot be forgotten.
/// </summary>
public static class SweepKinds
{
    /// <summary>A CloudWatch alarm; in us-east-1 for health checks.</summary>
    public const string Alarm = "alarm";

    /// <summary>A Route 53 health check.</summary>
    public const string HealthCheck = "health check";

    /// <summary>An SNS topic; subscriptions go with it.</summary>
    public const string Topic = "topic";

    /// <summary>A Route 53 record set. It has no tags: it is a stack's when all of its values are addresses of that stack.</summary>
    public const string Record = "DNS record";

    /// <summary>An EC2 instance.</summary>
    public const string Instance = "instance";

    /// <summary>A launch template. Nothing registers one yet.</summary>
    public const string LaunchTemplate = "launch template";

    /// <summary>An EBS volume; that of an instance goes with it.</summary>
    public const string Volume = "volume";

    /// <summary>An Elastic IP.</summary>
    public const string ElasticIp = "Elastic IP";

    /// <summary>A network interface.</summary>
    public const string NetworkInterface = "network interface";

    /// <summary>A VPC's flow log.</summary>
    public const string FlowLog = "flow log";

    /// <summary>A security group; its rules go with it, and a VPC's default group with the VPC.</summary>
    public const string SecurityGroup = "security group";

    /// <summary>A subnet.</summary>
    public const string Subnet = "subnet";

    /// <summary>A route table; its routes and associations go with it, and a VPC's main table with the VPC.</summary>
    public const string RouteTable = "route table";

    /// <summary>An internet gateway.</summary>
    public const string InternetGateway = "internet gateway";

    /// <summary>A VPC.</summary>
    public const string Vpc = "VPC";

    /// <summary>A bucket with every version of its objects.</summary>
    public const string Bucket = "bucket";

    /// <summary>A secret with its versions.</summary>
    public const string Secret = "secret";

    /// <summary>A log group.</summary>
    public const string LogGroup = "log group";

    /// <summary>An instance profile.</summary>
    public const string InstanceProfile = "instance profile";

    /// <summary>An IAM role with its inline policies.</summary>
    public const string Role = "IAM role";

    private static readonly string[] Tagging = ["tag:GetResources"];

    /// <summary>Every kind, each behind those that are removed before it.</summary>
    public static IReadOnlyList<SweepKind> All { get; } =
    [
        // An alarm would go off when what it watches is gone.
        new(Alarm, [], [.. Tagging, "cloudwatch:ListTagsForResource"], ["cloudwatch:DeleteAlarms"],
            found => [$"aws cloudwatch delete-alarms --alarm-names {Word(found.Name)}{In(found)}"]),
        new(HealthCheck, [Alarm], [.. Tagging, "route53:GetHealthCheck", "route53:ListTagsForResource"], ["route53:DeleteHealthCheck"],
            found => [$"aws route53 delete-health-check --health-check-id {Word(found.Id)}"]),
        new(Topic, [Alarm], [.. Tagging, "sns:ListTagsForResource"], ["sns:DeleteTopic"],
            found => [$"aws sns delete-topic --topic-arn {Word(found.Id)}{In(found)}"]),
        new(Record, [], ["route53:ListHostedZones", "route53:ListResourceRecordSets"], ["route53:ChangeResourceRecordSets"],
            RecordCommands),
        new(Instance, [Alarm], ["ec2:DescribeInstances"], ["ec2:TerminateInstances"],
            found => [$"aws ec2 terminate-instances --instance-ids {Word(found.Id)}{In(found)}",
                $"aws ec2 wait instance-terminated --instance-ids {Word(found.Id)}{In(found)}"]),
        new(LaunchTemplate, [Instance], ["ec2:DescribeLaunchTemplates"], ["ec2:DeleteLaunchTemplate"],
            found => [$"aws ec2 delete-launch-template --launch-template-id {Word(found.Id)}{In(found)}"]),
        new(Volume, [Instance], ["ec2:DescribeVolumes"], ["ec2:DeleteVolume"],
            found => [$"aws ec2 delete-volume --volume-id {Word(found.Id)}{In(found)}"]),
        // An address that a record still names would be somebody else's the next day, and the name with it.
        new(ElasticIp, [Record, Instance], ["ec2:DescribeAddresses"], ["ec2:DisassociateAddress", "ec2:ReleaseAddress"], AddressCommands),
        new(NetworkInterface, [Instance, ElasticIp], ["ec2:DescribeNetworkInterfaces"], ["ec2:DeleteNetworkInterface"],
            found => [$"aws ec2 delete-network-interface --network-interface-id {Word(found.Id)}{In(found)}"]),
        new(FlowLog, [], ["ec2:DescribeFlowLogs"], ["ec2:DeleteFlowLogs"],
            found => [$"aws ec2 delete-flow-logs --flow-log-ids {Word(found.Id)}{In(found)}"]),
        new(SecurityGroup, [NetworkInterface], ["ec2:DescribeSecurityGroups"], ["ec2:DeleteSecurityGroup"],
            found => [$"aws ec2 delete-security-group --group-id {Word(found.Id)}{In(found)}"]),
        new(Subnet, [NetworkInterface], ["ec2:DescribeSubnets"], ["ec2:DeleteSubnet"],
            found => [$"aws ec2 delete-subnet --subnet-id {Word(found.Id)}{In(found)}"]),
        new(RouteTable, [Subnet], ["ec2:DescribeRouteTables"], ["ec2:DeleteRouteTable"],
            found => [$"aws ec2 delete-route-table --route-table-id {Word(found.Id)}{In(found)}"]),
        // It cannot be detached while an address in the VPC is public.
        new(InternetGateway, [ElasticIp, NetworkInterface], ["ec2:DescribeInternetGateways"],
            ["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"], GatewayCommands),
        new(Vpc, [FlowLog, SecurityGroup, Subnet, RouteTable, InternetGateway], ["ec2:DescribeVpcs"], ["ec2:DeleteVpc"],
            found => [$"aws ec2 delete-vpc --vpc-id {Word(found.Id)}{In(found)}"]),
        // A host fetches from its bucket and writes to its secret until it is gone.
        new(Bucket, [Instance], ["s3:ListAllMyBuckets", "s3:GetBucketTagging"],
            ["s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketMultipartUploads",
                "s3:AbortMultipartUpload", "s3:DeleteBucket"],
            BucketCommands),
        new(Secret, [Instance], [.. Tagging, "secretsmanager:DescribeSecret"], ["secretsmanager:DeleteSecret"],
            found => [$"aws secretsmanager delete-secret --secret-id {Word(found.Id)} --force-delete-without-recovery{In(found)}"]),
        new(LogGroup, [FlowLog], [.. Tagging, "logs:ListTagsForResource"], ["logs:DeleteLogGroup"],
            found => [$"aws logs delete-log-group --log-group-name {Word(found.Name)}{In(found)}"]),
        new(InstanceProfile, [Instance], ["iam:ListInstanceProfiles", "iam:ListInstanceProfileTags"],
            ["iam:GetInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
            found => [$"aws iam remove-role-from-instance-profile --instance-profile-name {Word(found.Id)} --role-name {Word(found.Id)}",
                $"aws iam delete-instance-profile --instance-profile-name {Word(found.Id)}"]),
        new(Role, [InstanceProfile, FlowLog], ["iam:ListRoles", "iam:ListRoleTags"],
            ["iam:ListRolePolicies", "iam:DeleteRolePolicy", "iam:DeleteRole"],
            found => [$"aws iam delete-role-policy --role-name {Word(found.Id)} --policy-name {Word(found.Id)}",
                $"aws iam delete-role --role-name {Word(found.Id)}"]),
    ];

    /// <summary>What each type that the program registers is to the sweep.</summary>
    public static IReadOnlyList<SweptType> Types { get; } =
    [
        new("aws:cloudwatch/metricAlarm:MetricAlarm", Alarm, Itself: true),
        new("aws:route53/healthCheck:HealthCheck", HealthCheck, Itself: true),
        new("aws:sns/topic:Topic", Topic, Itself: true),
        new("aws:sns/topicSubscription:TopicSubscription", Topic, Itself: false),
        new("aws:route53/record:Record", Record, Itself: true),
        new("aws:ec2/instance:Instance", Instance, Itself: true),
        new("aws:ec2/eip:Eip", ElasticIp, Itself: true),
        new("aws:ec2/eipAssociation:EipAssociation", ElasticIp, Itself: false),
        new("aws:ec2/networkInterface:NetworkInterface", NetworkInterface, Itself: true),
        new("aws:ec2/flowLog:FlowLog", FlowLog, Itself: true),
        new("aws:ec2/securityGroup:SecurityGroup", SecurityGroup, Itself: true),
        new("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", SecurityGroup, Itself: false),
        new("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", SecurityGroup, Itself: false),
        new("aws:ec2/subnet:Subnet", Subnet, Itself: true),
        new("aws:ec2/routeTable:RouteTable", RouteTable, Itself: true),
        new("aws:ec2/route:Route", RouteTable, Itself: false),
        new("aws:ec2/routeTableAssociation:RouteTableAssociation", RouteTable, Itself: false),
        new("aws:ec2/internetGateway:InternetGateway", InternetGateway, Itself: true),
        new("aws:ec2/vpc:Vpc", Vpc, Itself: true),
        new("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", Vpc, Itself: false),
        new("aws:s3/bucket:Bucket", Bucket, Itself: true),
        new("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", Bucket, Itself: false),
        new("aws:s3/bucketObjectv2:BucketObjectv2", Bucket, Itself: false),
        new("aws:s3/bucketOwnershipControls:BucketOwnershipControls", Bucket, Itself: false),
        new("aws:s3/bucketPolicy:BucketPolicy", Bucket, Itself: false),
        new("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", Bucket, Itself: false),
        new("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", Bucket, Itself: false),
        new("aws:s3/bucketVersioning:BucketVersioning", Bucket, Itself: false),
        new("aws:secretsmanager/secret:Secret", Secret, Itself: true),
        new("aws:secretsmanager/secretVersion:SecretVersion", Secret, Itself: false),
        new("aws:cloudwatch/logGroup:LogGroup", LogGroup, Itself: true),
        new("aws:iam/instanceProfile:InstanceProfile", InstanceProfile, Itself: true),
        new("aws:iam/role:Role", Role, Itself: true),
        new("aws:iam/rolePolicy:RolePolicy", Role, Itself: false),
    ];

    /// <summary>The kind of a name.</summary>
    public static SweepKind Of(string name) => All.First(kind => kind.Name == name);

    /// <summary>Resources in the order in which they are removed.</summary>
    public static IEnumerable<FoundResource> InOrder(IEnumerable<FoundResource> resources) =>
        resources.OrderBy(resource => Ranks[resource.Kind]).ThenBy(resource => resource.Name, StringComparer.Ordinal);

    /// <summary>The commands that remove a resource by hand, in the order that works.</summary>
    public static IReadOnlyList<string> Commands(FoundResource found) => Of(found.Kind).Commands(found);

    private static readonly Dictionary<string, int> Ranks = All.Select((kind, rank) => (kind.Name, rank))
        .ToDictionary(pair => pair.Name, pair => pair.rank);

    private static string In(FoundResource found) => $" --region {found.Region}";

    private static IReadOnlyList<string> AddressCommands(FoundResource found) =>
    [
        .. found.Get(Fact.Association) is { } association
            ? [$"aws ec2 disassociate-address --association-id {Word(association)}{In(found)}"] : Array.Empty<string>(),
        $"aws ec2 release-address --allocation-id {Word(found.Id)}{In(found)}",
    ];

    private static IReadOnlyList<string> GatewayCommands(FoundResource found) =>
    [
        .. found.Get(Fact.Vpc) is { } vpc
            ? [$"aws ec2 detach-internet-gateway --internet-gateway-id {Word(found.Id)} --vpc-id {Word(vpc)}{In(found)}"]
            : Array.Empty<string>(),
        $"aws ec2 delete-internet-gateway --internet-gateway-id {Word(found.Id)}{In(found)}",
    ];

    // A thousand versions at a time; the first command again while there are more.
    private static IReadOnlyList<string> BucketCommands(FoundResource found) =>
    [
        $"aws s3api delete-objects --bucket {Word(found.Id)}{In(found)} --delete "
            + $"\"$(aws s3api list-object-versions --bucket {Word(found.Id)}{In(found)} --max-items 1000 "
            + "--query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}')\"",
        $"aws s3api delete-bucket --bucket {Word(found.Id)}{In(found)}",
    ];

    // A record is removed by saying all of it.
    private static IReadOnlyList<string> RecordCommands(FoundResource found)
    {
        var values = (found.Get(Fact.Values) ?? "").Split('\n').Select(value => new { Value = value });
        var ttl = long.Parse(found.Get(Fact.Ttl) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture);
        var set = new { found.Name, Type = found.Get(Fact.RecordType), TTL = ttl, ResourceRecords = values };
        var batch = JsonSerializer.Serialize(new { Changes = new[] { new { Action = "DELETE", ResourceRecordSet = set } } },
            SettingsJson.Verbatim);
        var zone = Word(found.Get(Fact.Zone) ?? "");
        return [$"aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {Word(batch)}"];
    }

    // An alarm may have any name, so a shell must not read it: what is not plain stands in quotes.
    private static string Word(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=@+".Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
