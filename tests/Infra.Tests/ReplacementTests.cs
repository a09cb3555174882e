using System.Text.Json;

namespace Causeway.Infra.Tests;

/// <summary>
/// The order in which a resource is replaced that keeps its name in the program: another image id, <c>pulumi up --replace</c>, an input
/// that AWS cannot change. What AWS knows by a name or an attachment that a second one cannot have is deleted first. Everything else is
/// made first, so that it is never missing.
/// </summary>
public class ReplacementTests
{
    private const string Signalling = "-signalling";

    // Why a second one is refused, or is the first one under another id, which would be deleted last.
    private static readonly Dictionary<string, string> DeletedFirst = new()
    {
        ["aws:ec2/instance:Instance"] = "Its network interface is one instance's: InvalidNetworkInterface.InUse.",
        ["aws:ec2/eipAssociation:EipAssociation"] = "An address is associated once: Resource.AlreadyAssociated.",
        ["aws:ec2/internetGateway:InternetGateway"] = "A VPC has one: Resource.AlreadyAssociated.",
        ["aws:ec2/subnet:Subnet"] = "Its prefix fills the VPC: InvalidSubnet.Conflict.",
        ["aws:ec2/route:Route"] = "A destination has one in a table: RouteAlreadyExists.",
        ["aws:ec2/routeTableAssociation:RouteTableAssociation"] = "A subnet has one: Resource.AlreadyAssociated.",
        ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"] = "Equal rules are one: InvalidPermission.Duplicate.",
        ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"] = "Equal rules are one: InvalidPermission.Duplicate.",
        ["aws:ec2/flowLog:FlowLog"] = "Equal ones are one: FlowLogAlreadyExists.",
        ["aws:iam/role:Role"] = "Its name is the account's: EntityAlreadyExists.",
        ["aws:iam/instanceProfile:InstanceProfile"] = "Its name is the account's: EntityAlreadyExists.",
        ["aws:iam/rolePolicy:RolePolicy"] = "Writing it again is the same policy, which the old one's deletion takes away.",
        ["aws:s3/bucket:Bucket"] = "Its name is the world's: BucketAlreadyOwnedByYou.",
        ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"] = "A bucket has one, which the old one's deletion takes away.",
        ["aws:s3/bucketOwnershipControls:BucketOwnershipControls"] = "A bucket has one, which the old one's deletion takes away.",
        ["aws:s3/bucketVersioning:BucketVersioning"] = "A bucket has one, which the old one's deletion suspends.",
        ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"] =
            "A bucket has one, which the old one's deletion resets.",
        ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"] = "A bucket has one, which the old one's deletion takes away.",
        ["aws:s3/bucketPolicy:BucketPolicy"] = "A bucket has one, which the old one's deletion takes away.",
        ["aws:s3/bucketObjectv2:BucketObjectv2"] = "Its key is the bucket's; the old one's deletion takes all of its versions.",
        ["aws:secretsmanager/secret:Secret"] = "Its name is the region's: ResourceExistsException.",
        ["aws:cloudwatch/logGroup:LogGroup"] = "Its name is the region's: ResourceAlreadyExistsException.",
        ["aws:cloudwatch/metricAlarm:MetricAlarm"] = "Writing it again is the same alarm, which the old one's deletion takes away.",
        ["aws:sns/topic:Topic"] = "Making it again gives the same topic, which the old one's deletion takes away.",
        ["aws:sns/topicSubscription:TopicSubscription"] =
            "Subscribing again gives the same subscription, which the old one's deletion takes away.",
        ["aws:route53/record:Record"] = "A name and type has one in a zone: InvalidChangeBatch, it already exists.",
    };

    // Why two can be there at once.
    private static readonly Dictionary<string, string> MadeFirst = new()
    {
        ["aws:ec2/vpc:Vpc"] = "AWS gives it an id; prefixes of two may be equal.",
        ["aws:ec2/routeTable:RouteTable"] = "AWS gives it an id.",
        ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"] =
            "It is AWS's; the program takes its rules away, and making or deleting it here changes nothing.",
        ["aws:ec2/securityGroup:SecurityGroup"] =
            "The engine names it; a group in use cannot be deleted, so another must replace it first.",
        ["aws:ec2/networkInterface:NetworkInterface"] = "AWS gives it an id and addresses.",
        ["aws:ec2/eip:Eip"] = "AWS gives it an id and an address.",
        ["aws:ec2/eipAssociation:EipAssociation"] =
            "Signalling's takes its address over from the old one (allowReassociation): the page is never without an address.",
        ["aws:route53/healthCheck:HealthCheck"] = "AWS gives it an id.",
        ["aws:secretsmanager/secretVersion:SecretVersion"] =
            "Another one becomes the current one; a secret without is a host without keys.",
    };

    [Theory, EveryPlan]
    public async Task What_AWS_takes_once_is_deleted_before_it_is_replaced_and_all_else_after(Plan plan)
    {
        var registered = await Registered.From(plan);
        var made = registered.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(made);
        Assert.All(made, resource =>
        {
            var order = IsDeletedFirst(resource) ? DeletedFirst : MadeFirst;
            Assert.True(
                order.ContainsKey(resource.Type), $"{resource.Type} has not been reviewed: may two of them exist at once?");
            Assert.True(
                IsDeletedFirst(resource) == registered.DeletedFirst.Contains(resource.Id), $"{resource.Id}: {order[resource.Type]}");
        });
    }

    /// <summary>A type with a name that the program gives can be made a second time only under another name.</summary>
    [Theory, EveryPlan]
    public async Task Whatever_has_a_name_of_the_programs_choice_is_deleted_first(Plan plan)
    {
        var registered = await Registered.From(plan);
        var named = registered.Resources.Where(resource =>
            resource["name"] is string || resource["key"] is string || resource.Type == "aws:s3/bucket:Bucket").ToList();
        Assert.InRange(named.Count, 10, int.MaxValue);
        Assert.All(named, resource => Assert.Contains(resource.Id, registered.DeletedFirst));
    }

    [Fact]
    public async Task Every_type_that_was_reviewed_is_one_of_the_stacks()
    {
        var types = (await Registered.Every())
            .SelectMany(registered => registered.Resources)
            .Select(resource => resource.Type)
            .ToHashSet();
        Assert.Subset(types, DeletedFirst.Keys.Concat(MadeFirst.Keys).ToHashSet());
    }

    /// <summary>
    /// The instance goes alone: what it stands on stays, and the engine takes along only what stands on it (<c>DependsOn</c>) or has an
    /// input of it that AWS cannot change. That is signalling's association alone, which waits for the gate, and the gate asks the new
    /// instance.
    /// </summary>
    [Theory, EveryPlan]
    public async Task Nothing_stands_on_an_instance_that_would_go_with_it(Plan plan)
    {
        var registered = await Registered.From(plan);
        var instance = registered.One("aws:ec2/instance:Instance");
        Assert.DoesNotContain(registered.After, pair => pair.Value.Contains(instance.Id));
        Assert.Equal(
            ["aws:cloudwatch/metricAlarm:MetricAlarm dimensions"],
            registered.Resources.SelectMany(resource => resource.Inputs.Where(input =>
                JsonSerializer.Serialize(input.Value).Contains($"\"{instance.Name}-id\"", StringComparison.Ordinal)
                    && !IsOfTheInterface(input.Key))
                .Select(input => $"{resource.Type} {input.Key}")).Distinct());
    }

    // The mock gives interface and instance of a generation the same id, as they have the same name: what names an interface is not about
    // the instance.
    private static bool IsOfTheInterface(string input) => input is "networkInterfaceId" or "primaryNetworkInterface" or "allocationId";

    private static bool IsDeletedFirst(RegisteredResource resource) =>
        DeletedFirst.ContainsKey(resource.Type)
            && !(resource.Type == "aws:ec2/eipAssociation:EipAssociation" && resource.Name.EndsWith(Signalling, StringComparison.Ordinal));
}
