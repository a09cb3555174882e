using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint.Formats;

namespace Causeway.Blueprint.Sweep;

/// <summary>
/// What the sweep finds and removes, and how it covers each type that the Pulumi program registers. A test compares the types with the
/// registered graph, so that a new type can't be forgotten.
/// </summary>
public static class SweepKinds
{
    /// <summary>A CloudWatch alarm; in us-east-1 for health checks.</summary>
    public const string Alarm = "alarm";

    /// <summary>A Route 53 health check.</summary>
    public const string HealthCheck = "health check";

    /// <summary>An SNS topic with its subscriptions.</summary>
    public const string Topic = "topic";

    /// <summary>A Route 53 record set. It has no tags, and belongs to a stack if all of its values are the stack's addresses.</summary>
    public const string Record = "DNS record";

    public const string Instance = "instance";

    /// <summary>A launch template. Nothing registers one yet.</summary>
    public const string LaunchTemplate = "launch template";

    /// <summary>An EBS volume. AWS deletes that of an instance with it.</summary>
    public const string Volume = "volume";

    public const string ElasticIp = "Elastic IP";

    public const string NetworkInterface = "network interface";

    /// <summary>A VPC's flow log.</summary>
    public const string FlowLog = "flow log";

    /// <summary>A security group with its rules. AWS deletes a VPC's default group with the VPC.</summary>
    public const string SecurityGroup = "security group";

    public const string Subnet = "subnet";

    /// <summary>A route table with its routes and associations. AWS deletes a VPC's main table with the VPC.</summary>
    public const string RouteTable = "route table";

    public const string InternetGateway = "internet gateway";

    public const string Vpc = "VPC";

    /// <summary>A bucket with every version of its objects.</summary>
    public const string Bucket = "bucket";

    /// <summary>A secret with its versions.</summary>
    public const string Secret = "secret";

    public const string LogGroup = "log group";

    public const string InstanceProfile = "instance profile";

    /// <summary>An IAM role with its inline policies.</summary>
    public const string Role = "IAM role";

    private static readonly string[] Tagging = ["tag:GetResources"];

    /// <summary>Gets every kind, in the order of removal.</summary>
    public static IReadOnlyList<SweepKind> All { get; } =
    [
        // Otherwise the alarm would go off.
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
        // A released address may be somebody else's the next day, so no record may point to it.
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
        // It can't be detached while the VPC has public addresses.
        new(InternetGateway, [ElasticIp, NetworkInterface], ["ec2:DescribeInternetGateways"],
            ["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"], GatewayCommands),
        new(Vpc, [FlowLog, SecurityGroup, Subnet, RouteTable, InternetGateway], ["ec2:DescribeVpcs"], ["ec2:DeleteVpc"],
            found => [$"aws ec2 delete-vpc --vpc-id {Word(found.Id)}{In(found)}"]),
        // A running host reads its bucket and writes its secret.
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

    /// <summary>Gets the types that the program registers.</summary>
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

    /// <summary>Resources in the order of removal.</summary>
    public static IEnumerable<FoundResource> InOrder(IEnumerable<FoundResource> resources) =>
        resources.OrderBy(resource => Ranks[resource.Kind]).ThenBy(resource => resource.Name, StringComparer.Ordinal);

    /// <summary>The commands that remove a resource by hand, in order.</summary>
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

    // It deletes a thousand versions; repeat it while there are more.
    private static IReadOnlyList<string> BucketCommands(FoundResource found) =>
    [
        $"aws s3api delete-objects --bucket {Word(found.Id)}{In(found)} --delete "
            + $"\"$(aws s3api list-object-versions --bucket {Word(found.Id)}{In(found)} --max-items 1000 "
            + "--query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}')\"",
        $"aws s3api delete-bucket --bucket {Word(found.Id)}{In(found)}",
    ];

    // To delete a record, Route 53 needs all of it.
    private static IReadOnlyList<string> RecordCommands(FoundResource found)
    {
        var values = (found.Get(Fact.Values) ?? "").Split('\n').Select(value => new { Value = value });
        var ttl = long.Parse(found.Get(Fact.Ttl) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture);
        var set = new { found.Name, Type = found.Get(Fact.RecordType), TTL = ttl, ResourceRecords = values };
        var batch = JsonSerializer.Serialize(new { Changes = new[] { new { Action = "DELETE", ResourceRecordSet = set } } },
            JsonFormat.Verbatim);
        var zone = Word(found.Get(Fact.Zone) ?? "");
        return [$"aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {Word(batch)}"];
    }

    // An alarm may have any name, so names are quoted for the shell unless they are plain.
    private static string Word(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=@+".Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
