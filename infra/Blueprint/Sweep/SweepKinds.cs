using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint.Formats;

namespace Causeway.Blueprint.Sweep;

/// <summary>A kind of resource that the sweep finds and removes.</summary>
/// <param name="Name">The name, as in <see cref="Inventory"/>.</param>
/// <param name="Types">
/// The types in Pulumi, like <c>aws:ec2/vpc:Vpc</c>: its own first, then those that are removed with it. None if the program registers no
/// resource of the kind.
/// </param>
/// <param name="After">The kinds that are removed first, because AWS requires it or something would be left.</param>
/// <param name="Finds">The rights to find it and to read its tags.</param>
/// <param name="Commands">The commands that remove one by hand, in order.</param>
public sealed record SweepKind(
    string Name,
    IReadOnlyList<string> Types,
    IReadOnlyList<string> After,
    IReadOnlyList<string> Finds,
    IReadOnlyList<string> Removes,
    Func<FoundResource, IReadOnlyList<string>> Commands);

/// <summary>
/// What the sweep finds and removes, and how it covers each type that the Pulumi program registers. A test compares the types with the
/// registered graph, so that a new type can't be forgotten.
/// </summary>
public static class SweepKinds
{
    public const string Alarm = "alarm";
    public const string HealthCheck = "health check";
    public const string Topic = "topic";
    public const string Record = "DNS record";                // without tags: a stack's if all of its values are the stack's addresses
    public const string Instance = "instance";
    public const string LaunchTemplate = "launch template";   // nothing registers one yet
    public const string Volume = "volume";                    // AWS deletes that of an instance with it
    public const string ElasticIp = "Elastic IP";
    public const string NetworkInterface = "network interface";
    public const string FlowLog = "flow log";
    public const string SecurityGroup = "security group";     // AWS deletes a VPC's default group with the VPC
    public const string Subnet = "subnet";
    public const string RouteTable = "route table";           // AWS deletes a VPC's main table with the VPC
    public const string InternetGateway = "internet gateway";
    public const string Vpc = "VPC";
    public const string Bucket = "bucket";
    public const string Secret = "secret";
    public const string LogGroup = "log group";
    public const string InstanceProfile = "instance profile";
    public const string Role = "IAM role";
    private const string Tagging = "tag:GetResources";

    public static IReadOnlyList<SweepKind> All { get; } =
    [
        // Otherwise the alarm would go off.
        new(Alarm, ["aws:cloudwatch/metricAlarm:MetricAlarm"], [],
            [Tagging, "cloudwatch:ListTagsForResource"], ["cloudwatch:DeleteAlarms"], ByName("cloudwatch delete-alarms --alarm-names")),
        new(HealthCheck, ["aws:route53/healthCheck:HealthCheck"], [Alarm],
            [Tagging, "route53:GetHealthCheck", "route53:ListTagsForResource"], ["route53:DeleteHealthCheck"],
            found => [$"aws route53 delete-health-check --health-check-id {Word(found.Id)}"]),
        new(Topic, ["aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription"], [Alarm],
            [Tagging, "sns:ListTagsForResource"], ["sns:DeleteTopic"], ById("sns delete-topic --topic-arn")),
        new(Record, ["aws:route53/record:Record"], [],
            ["route53:ListHostedZones", "route53:ListResourceRecordSets"], ["route53:ChangeResourceRecordSets"], RecordCommands),
        new(Instance, ["aws:ec2/instance:Instance"], [Alarm],
            ["ec2:DescribeInstances"], ["ec2:TerminateInstances"],
            found =>
            [
                $"aws ec2 terminate-instances --instance-ids {Word(found.Id)}{In(found)}",
                $"aws ec2 wait instance-terminated --instance-ids {Word(found.Id)}{In(found)}",
            ]),
        new(LaunchTemplate, [], [Instance],
            ["ec2:DescribeLaunchTemplates"], ["ec2:DeleteLaunchTemplate"], ById("ec2 delete-launch-template --launch-template-id")),
        new(Volume, [], [Instance],
            ["ec2:DescribeVolumes"], ["ec2:DeleteVolume"], ById("ec2 delete-volume --volume-id")),
        // A released address may be somebody else's the next day, so no record may point to it.
        new(ElasticIp, ["aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation"], [Record, Instance],
            ["ec2:DescribeAddresses"], ["ec2:DisassociateAddress", "ec2:ReleaseAddress"], AddressCommands),
        new(NetworkInterface, ["aws:ec2/networkInterface:NetworkInterface"], [Instance, ElasticIp],
            ["ec2:DescribeNetworkInterfaces"], ["ec2:DeleteNetworkInterface"], ById("ec2 delete-network-interface --network-interface-id")),
        new(FlowLog, ["aws:ec2/flowLog:FlowLog"], [],
            ["ec2:DescribeFlowLogs"], ["ec2:DeleteFlowLogs"], ById("ec2 delete-flow-logs --flow-log-ids")),
        new(SecurityGroup,
            [
                "aws:ec2/securityGroup:SecurityGroup",
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            ],
            [NetworkInterface],
            ["ec2:DescribeSecurityGroups"], ["ec2:DeleteSecurityGroup"], ById("ec2 delete-security-group --group-id")),
        new(Subnet, ["aws:ec2/subnet:Subnet"], [NetworkInterface],
            ["ec2:DescribeSubnets"], ["ec2:DeleteSubnet"], ById("ec2 delete-subnet --subnet-id")),
        new(RouteTable,
            [
                "aws:ec2/routeTable:RouteTable",
                "aws:ec2/route:Route",
                "aws:ec2/routeTableAssociation:RouteTableAssociation",
            ],
            [Subnet],
            ["ec2:DescribeRouteTables"], ["ec2:DeleteRouteTable"], ById("ec2 delete-route-table --route-table-id")),
        // It can't be detached while the VPC has public addresses.
        new(InternetGateway, ["aws:ec2/internetGateway:InternetGateway"], [ElasticIp, NetworkInterface],
            ["ec2:DescribeInternetGateways"], ["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"], GatewayCommands),
        new(Vpc, ["aws:ec2/vpc:Vpc", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
            [FlowLog, SecurityGroup, Subnet, RouteTable, InternetGateway],
            ["ec2:DescribeVpcs"], ["ec2:DeleteVpc"], ById("ec2 delete-vpc --vpc-id")),
        // A running host reads its bucket and writes its secret.
        new(Bucket,
            [
                "aws:s3/bucket:Bucket",
                "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                "aws:s3/bucketObjectv2:BucketObjectv2",
                "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
                "aws:s3/bucketPolicy:BucketPolicy",
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                "aws:s3/bucketVersioning:BucketVersioning",
            ],
            [Instance],
            ["s3:ListAllMyBuckets", "s3:GetBucketTagging"],
            [
                "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketMultipartUploads",
                "s3:AbortMultipartUpload", "s3:DeleteBucket",
            ],
            BucketCommands),
        new(Secret, ["aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"], [Instance],
            [Tagging, "secretsmanager:DescribeSecret"], ["secretsmanager:DeleteSecret"],
            found => [$"aws secretsmanager delete-secret --secret-id {Word(found.Id)} --force-delete-without-recovery{In(found)}"]),
        new(LogGroup, ["aws:cloudwatch/logGroup:LogGroup"], [FlowLog],
            [Tagging, "logs:ListTagsForResource"], ["logs:DeleteLogGroup"], ByName("logs delete-log-group --log-group-name")),
        new(InstanceProfile, ["aws:iam/instanceProfile:InstanceProfile"], [Instance],
            ["iam:ListInstanceProfiles", "iam:ListInstanceProfileTags"],
            ["iam:GetInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
            found =>
            [
                $"aws iam remove-role-from-instance-profile --instance-profile-name {Word(found.Id)} --role-name {Word(found.Id)}",
                $"aws iam delete-instance-profile --instance-profile-name {Word(found.Id)}",
            ]),
        new(Role, ["aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"], [InstanceProfile, FlowLog],
            ["iam:ListRoles", "iam:ListRoleTags"], ["iam:ListRolePolicies", "iam:DeleteRolePolicy", "iam:DeleteRole"],
            found =>
            [
                $"aws iam delete-role-policy --role-name {Word(found.Id)} --policy-name {Word(found.Id)}",
                $"aws iam delete-role --role-name {Word(found.Id)}",
            ]),
    ];

    private static readonly Dictionary<string, int> Ranks = All.Index().ToDictionary(kind => kind.Item.Name, kind => kind.Index);

    public static SweepKind Of(string name) => All[Ranks[name]];

    public static IEnumerable<FoundResource> InOrder(IEnumerable<FoundResource> resources) =>
        resources.OrderBy(resource => Ranks[resource.Kind]).ThenBy(resource => resource.Name, StringComparer.Ordinal);

    /// <summary>The commands that remove a resource by hand, in order.</summary>
    public static IReadOnlyList<string> Commands(FoundResource found) => Of(found.Kind).Commands(found);

    private static Func<FoundResource, IReadOnlyList<string>> ById(string command) =>
        found => [$"aws {command} {Word(found.Id)}{In(found)}"];

    private static Func<FoundResource, IReadOnlyList<string>> ByName(string command) =>
        found => [$"aws {command} {Word(found.Name)}{In(found)}"];

    private static string In(FoundResource found) => $" --region {found.Region}";

    private static IReadOnlyList<string> AddressCommands(FoundResource found)
    {
        var release = $"aws ec2 release-address --allocation-id {Word(found.Id)}{In(found)}";
        return found.Get(Fact.Association) is { } association
            ? [$"aws ec2 disassociate-address --association-id {Word(association)}{In(found)}", release]
            : [release];
    }

    private static IReadOnlyList<string> GatewayCommands(FoundResource found)
    {
        var delete = $"aws ec2 delete-internet-gateway --internet-gateway-id {Word(found.Id)}{In(found)}";
        return found.Get(Fact.Vpc) is { } vpc
            ? [$"aws ec2 detach-internet-gateway --internet-gateway-id {Word(found.Id)} --vpc-id {Word(vpc)}{In(found)}", delete]
            : [delete];
    }

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
        var changes = new[] { new { Action = "DELETE", ResourceRecordSet = set } };
        var batch = Word(JsonSerializer.Serialize(new { Changes = changes }, JsonFormat.Verbatim));
        var zone = Word(found.Get(Fact.Zone) ?? "");
        return [$"aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {batch}"];
    }

    // An alarm may have any name, so names are quoted for the shell unless they are plain.
    private static string Word(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=@+".Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
