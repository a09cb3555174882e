using System.Globalization;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.S3;
using Tag = Amazon.EC2.Model.Tag;

namespace Causeway.Ops.Tests.Cloud;

/// <summary>
/// The account that holds stacks, asked by AWS's own client: what it answers can be read, and what AWS refuses it refuses.
/// </summary>
public sealed class Ec2CloudTests : IAsyncLifetime
{
    private const string Region = "eu-central-1";

    private AwsCloud _cloud = null!;
    private AmazonEC2Client _ec2 = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        _ec2 = Client(Region);
    }

    public async ValueTask DisposeAsync()
    {
        _ec2.Dispose();
        await _cloud.DisposeAsync();
    }

    private Ec2Region Here => _cloud.In(Region).Ec2;

    private AmazonEC2Client Client(string region, RoleCredentials? credentials = null) => new(
        new BasicAWSCredentials((credentials ?? _cloud.Server.User).AccessKeyId, (credentials ?? _cloud.Server.User).SecretAccessKey),
        new AmazonEC2Config { ServiceURL = _cloud.Server.Address, AuthenticationRegion = region, MaxErrorRetry = 0 });

    private static async Task<string> Refusal(Task call) => (await Assert.ThrowsAnyAsync<AmazonServiceException>(() => call)).ErrorCode;

    // A network with a host in it: what a stack is, as far as dependencies go.
    private ForeignNetwork Network() => ForeignNetwork.In(Here, new Dictionary<string, string> { ["owner"] = "somebody" });

    [Fact]
    public async Task What_is_there_is_read_by_the_clients_of_AWS()
    {
        var network = Network();
        var vpc = Assert.Single((await _ec2.DescribeVpcsAsync(
            new DescribeVpcsRequest { VpcIds = [network.Vpc.Id] }, TestContext.Current.CancellationToken)).Vpcs);
        Assert.Equal(("10.9.0.0/16", "somebody"), (vpc.CidrBlock, Assert.Single(vpc.Tags).Value));
        var instance = Assert.Single(
            Assert.Single((await _ec2.DescribeInstancesAsync(new(), TestContext.Current.CancellationToken)).Reservations).Instances);
        Assert.Equal((network.Instance.Id, InstanceStateName.Running), (instance.InstanceId, instance.State.Name));
        Assert.Equal(network.Volume.Id, Assert.Single(instance.BlockDeviceMappings).Ebs.VolumeId);
        Assert.Equal(network.Instance.Created, instance.LaunchTime!.Value.ToUniversalTime(), TimeSpan.FromSeconds(1));
        var card = Assert.Single(
            (await _ec2.DescribeNetworkInterfacesAsync(new(), TestContext.Current.CancellationToken)).NetworkInterfaces);
        Assert.Equal((network.Instance.Id, false), (card.Attachment.InstanceId, card.Attachment.DeleteOnTermination!.Value));
        Assert.Equal(network.Address.PublicIp, card.Association.PublicIp);
        Assert.Equal(network.Group.Id, Assert.Single(card.Groups).GroupId);
        Assert.Equal(2, (await _ec2.DescribeSecurityGroupsAsync(new(), TestContext.Current.CancellationToken)).SecurityGroups.Count);
        Assert.Equal(2, (await _ec2.DescribeRouteTablesAsync(new(), TestContext.Current.CancellationToken)).RouteTables.Count);
        Assert.Equal(network.Vpc.Id, Assert.Single(Assert.Single(
            (await _ec2.DescribeInternetGatewaysAsync(new(), TestContext.Current.CancellationToken)).InternetGateways).Attachments).VpcId);
        Assert.Equal(network.Vpc.Id,
            Assert.Single((await _ec2.DescribeFlowLogsAsync(new(), TestContext.Current.CancellationToken)).FlowLogs).ResourceId);
        Assert.Equal(network.Card.Id,
            Assert.Single((await _ec2.DescribeAddressesAsync(new(), TestContext.Current.CancellationToken)).Addresses).NetworkInterfaceId);
        Assert.Equal(network.Instance.Id, Assert.Single(
            Assert.Single((await _ec2.DescribeVolumesAsync(new(), TestContext.Current.CancellationToken)).Volumes).Attachments).InstanceId);
        Assert.Equal("other", Assert.Single(
            (await _ec2.DescribeLaunchTemplatesAsync(new(), TestContext.Current.CancellationToken)).LaunchTemplates).LaunchTemplateName);
        Assert.Equal(network.Subnet.Id,
            Assert.Single((await _ec2.DescribeSubnetsAsync(new(), TestContext.Current.CancellationToken)).Subnets).SubnetId);
        Assert.Empty((await _ec2.DescribeInstancesAsync(new DescribeInstancesRequest { Filters = [new("vpc-id", ["vpc-other"])] },
            TestContext.Current.CancellationToken)).Reservations ?? []);
        using var elsewhere = Client("us-east-1");
        Assert.Empty((await elsewhere.DescribeVpcsAsync(TestContext.Current.CancellationToken)).Vpcs ?? []);
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task What_is_in_use_cannot_be_deleted()
    {
        var network = Network();
        Assert.Equal("DependencyViolation",
            await Refusal(_ec2.DeleteVpcAsync(new() { VpcId = network.Vpc.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("DependencyViolation",
            await Refusal(_ec2.DeleteSubnetAsync(new() { SubnetId = network.Subnet.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("DependencyViolation",
            await Refusal(_ec2.DeleteSecurityGroupAsync(new() { GroupId = network.Group.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("DependencyViolation",
            await Refusal(_ec2.DeleteRouteTableAsync(new() { RouteTableId = network.Table.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("DependencyViolation", await Refusal(
            _ec2.DeleteInternetGatewayAsync(new() { InternetGatewayId = network.Gateway.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("DependencyViolation", await Refusal(_ec2.DetachInternetGatewayAsync(
            new() { InternetGatewayId = network.Gateway.Id, VpcId = network.Vpc.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("InvalidIPAddress.InUse",
            await Refusal(_ec2.ReleaseAddressAsync(new() { AllocationId = network.Address.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("VolumeInUse",
            await Refusal(_ec2.DeleteVolumeAsync(new() { VolumeId = network.Volume.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("InvalidParameterValue", await Refusal(
            _ec2.DeleteNetworkInterfaceAsync(new() { NetworkInterfaceId = network.Card.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("OperationNotPermitted", await Refusal(_ec2.DetachNetworkInterfaceAsync(
            new() { AttachmentId = network.Card.Attachment!.Id }, TestContext.Current.CancellationToken)));
        var standard = Here.Groups.All.Single(group => group.IsDefault);
        Assert.Equal("CannotDelete",
            await Refusal(_ec2.DeleteSecurityGroupAsync(new() { GroupId = standard.Id }, TestContext.Current.CancellationToken)));
        Assert.Equal("InvalidVpcID.NotFound",
            await Refusal(_ec2.DeleteVpcAsync(new() { VpcId = "vpc-gone" }, TestContext.Current.CancellationToken)));
        Assert.Empty(_cloud.Server.Faults);
        Assert.Equal(ForeignNetwork.Count, _cloud.All.Count);
    }

    [Fact]
    public async Task In_the_right_order_everything_goes()
    {
        var network = Network();
        var ended = Assert.Single((await _ec2.TerminateInstancesAsync(
            new() { InstanceIds = [network.Instance.Id] }, TestContext.Current.CancellationToken)).TerminatingInstances);
        Assert.Equal((InstanceStateName.Running, InstanceStateName.ShuttingDown), (ended.PreviousState.Name, ended.CurrentState.Name));
        Assert.Equal("VolumeInUse",
            await Refusal(_ec2.DeleteVolumeAsync(new() { VolumeId = network.Volume.Id }, TestContext.Current.CancellationToken)));
        await _ec2.DescribeInstancesAsync(new(), TestContext.Current.CancellationToken);
        await _ec2.DescribeInstancesAsync(new(), TestContext.Current.CancellationToken);
        var instance = Assert.Single(
            Assert.Single((await _ec2.DescribeInstancesAsync(new(), TestContext.Current.CancellationToken)).Reservations).Instances);
        // It is seen for an hour; its volume went with it, its interface stays.
        Assert.Equal((InstanceStateName.Terminated, null), (instance.State.Name, instance.VpcId));
        Assert.Empty(Here.Volumes.All);

        await _ec2.DisassociateAddressAsync(new() { AssociationId = network.Address.AssociationId }, TestContext.Current.CancellationToken);
        await _ec2.ReleaseAddressAsync(new() { AllocationId = network.Address.Id }, TestContext.Current.CancellationToken);
        await _ec2.DeleteNetworkInterfaceAsync(new() { NetworkInterfaceId = network.Card.Id }, TestContext.Current.CancellationToken);
        Assert.Empty((await _ec2.DeleteFlowLogsAsync(
            new() { FlowLogIds = [network.FlowLog.Id] }, TestContext.Current.CancellationToken)).Unsuccessful ?? []);
        Assert.Equal("InvalidFlowLogId.NotFound",
            Assert.Single((await _ec2.DeleteFlowLogsAsync(
                new() { FlowLogIds = [network.FlowLog.Id] }, TestContext.Current.CancellationToken)).Unsuccessful).Error.Code);
        await _ec2.DeleteSecurityGroupAsync(new() { GroupId = network.Group.Id }, TestContext.Current.CancellationToken);
        await _ec2.DetachInternetGatewayAsync(
            new() { InternetGatewayId = network.Gateway.Id, VpcId = network.Vpc.Id }, TestContext.Current.CancellationToken);
        await _ec2.DeleteInternetGatewayAsync(new() { InternetGatewayId = network.Gateway.Id }, TestContext.Current.CancellationToken);
        await _ec2.DeleteRouteAsync(
            new() { RouteTableId = network.Table.Id, DestinationCidrBlock = "0.0.0.0/0" }, TestContext.Current.CancellationToken);
        await _ec2.DisassociateRouteTableAsync(
            new() { AssociationId = network.Table.Associations.Keys.Single() }, TestContext.Current.CancellationToken);
        await _ec2.DeleteRouteTableAsync(new() { RouteTableId = network.Table.Id }, TestContext.Current.CancellationToken);
        await _ec2.DeleteSubnetAsync(new() { SubnetId = network.Subnet.Id }, TestContext.Current.CancellationToken);
        await _ec2.DeleteVpcAsync(new() { VpcId = network.Vpc.Id }, TestContext.Current.CancellationToken);
        await _ec2.DeleteLaunchTemplateAsync(new() { LaunchTemplateId = network.Template.Id }, TestContext.Current.CancellationToken);
        Assert.Equal([network.Instance.Id], _cloud.All.Select(one => one.Id));
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task Lists_come_in_pages_and_by_tags()
    {
        for (var number = 0; number < 12; number++)
            Here.NewVpc("10.0.0.0/16", new Dictionary<string, string> { ["number"] = number.ToString(CultureInfo.InvariantCulture) });
        List<string> seen = [];
        string? next = null;
        do
        {
            var page = await _ec2.DescribeVpcsAsync(
                new DescribeVpcsRequest { MaxResults = 5, NextToken = next }, TestContext.Current.CancellationToken);
            seen.AddRange(page.Vpcs.Select(vpc => vpc.VpcId));
            next = page.NextToken;
        }
        while (!string.IsNullOrEmpty(next));
        Assert.Equal(Here.Vpcs.All.Select(vpc => vpc.Id), seen);
        Assert.Equal(3, _cloud.Server.Asked.Count);

        Assert.Equal(3, (await _ec2.DescribeVpcsAsync(
            new DescribeVpcsRequest { Filters = [new("tag:number", ["1?", "3"])] }, TestContext.Current.CancellationToken)).Vpcs.Count);
        Assert.Equal("InvalidParameterValue", await Refusal(
            _ec2.DescribeVpcsAsync(new DescribeVpcsRequest { Filters = [new("color", ["red"])] }, TestContext.Current.CancellationToken)));
        // Not constants: the SDK's analyzer knows these bounds too.
        var (least, most) = (5, 100);
        Assert.Equal("InvalidParameterValue", await Refusal(
            _ec2.DescribeVpcsAsync(new DescribeVpcsRequest { MaxResults = least - 1 }, TestContext.Current.CancellationToken)));
        Assert.Equal("InvalidParameterValue", await Refusal(_ec2.DescribeRouteTablesAsync(
            new DescribeRouteTablesRequest { MaxResults = most + 1 }, TestContext.Current.CancellationToken)));
        Assert.Equal("InvalidParameterValue", await Refusal(_ec2.DescribeLaunchTemplatesAsync(
            new DescribeLaunchTemplatesRequest { MaxResults = (2 * most) + 1 }, TestContext.Current.CancellationToken)));
        Assert.Equal(4, _cloud.Server.Faults.Count);
    }

    [Fact]
    public async Task Tags_are_given_and_taken()
    {
        var vpc = Here.NewVpc("10.0.0.0/16");
        await _ec2.CreateTagsAsync(
            new() { Resources = [vpc.Id], Tags = [new Tag("a", "1"), new Tag("b", "2")] }, TestContext.Current.CancellationToken);
        await _ec2.DeleteTagsAsync(new() { Resources = [vpc.Id], Tags = [new Tag("a")] }, TestContext.Current.CancellationToken);
        var tag = Assert.Single((await _ec2.DescribeTagsAsync(
            new DescribeTagsRequest { Filters = [new("resource-id", [vpc.Id])] }, TestContext.Current.CancellationToken)).Tags);
        Assert.Equal(("b", "2", ResourceType.Vpc), (tag.Key, tag.Value, tag.ResourceType));
        Assert.Equal("InvalidVpcID.NotFound",
            await Refusal(_ec2.CreateTagsAsync(
                new() { Resources = [vpc.Id, "vpc-gone"], Tags = [new Tag("c", "3")] }, TestContext.Current.CancellationToken)));
        Assert.Equal("InvalidID", await Refusal(_ec2.CreateTagsAsync(
            new() { Resources = [vpc.Id, "fl-gone"], Tags = [new Tag("c", "3")] }, TestContext.Current.CancellationToken)));
        Assert.Single(vpc.Tags);

        List<Tag> many = [.. Enumerable.Range(0, CloudResource.MaxTags).Select(number => new Tag($"n{number}", ""))];
        Assert.Equal("TagLimitExceeded",
            await Refusal(_ec2.CreateTagsAsync(new() { Resources = [vpc.Id], Tags = many }, TestContext.Current.CancellationToken)));
        Assert.Single(vpc.Tags);
    }

    /// <summary>A test that fills the account without end has a defect of its own.</summary>
    [Fact]
    public void What_an_account_holds_is_bounded()
    {
        var templates = Here.LaunchTemplates;
        for (var number = 0; number < CloudTable<CloudLaunchTemplate>.Most; number++)
            templates.Add(new() { Id = $"lt-{number}", Region = Region, Name = "a" });
        Assert.Throws<InvalidOperationException>(() => templates.Add(new() { Id = "lt-more", Region = Region, Name = "a" }));

        var bucket = new CloudBucket { Id = "objects", Region = Region, Versioned = true };
        for (var number = 0; number < CloudBucket.MaxVersions; number++) bucket.Put("one");
        Assert.Throws<InvalidOperationException>(() => bucket.Put("one"));
    }

    [Fact]
    public async Task What_is_injected_happens_as_often_as_was_said()
    {
        var vpc = Here.NewVpc("10.0.0.0/16");
        var throttled = _cloud.Injected.Throttle("ec2:DescribeVpcs", first: 2);
        Assert.Equal("RequestLimitExceeded", await Refusal(_ec2.DescribeVpcsAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("RequestLimitExceeded", await Refusal(_ec2.DescribeVpcsAsync(TestContext.Current.CancellationToken)));
        Assert.Single((await _ec2.DescribeVpcsAsync(TestContext.Current.CancellationToken)).Vpcs);
        Assert.Equal(2, throttled.Count);

        var refused = _cloud.Injected.Refuse("ec2:DeleteVpc", vpc.Id);
        Assert.Equal(
            "UnauthorizedOperation", await Refusal(_ec2.DeleteVpcAsync(new() { VpcId = vpc.Id }, TestContext.Current.CancellationToken)));
        refused.End();

        _cloud.Injected.ReadsUntilDeletionShows = 1;
        var cut = _cloud.Injected.CutAfter("ec2:DeleteVpc");
        await Assert.ThrowsAnyAsync<Exception>(() => _ec2.DeleteVpcAsync(new() { VpcId = vpc.Id }, TestContext.Current.CancellationToken));
        Assert.Equal(1, cut.Count);
        Assert.Equal(
            "InvalidVpcID.NotFound", await Refusal(_ec2.DeleteVpcAsync(new() { VpcId = vpc.Id }, TestContext.Current.CancellationToken)));
        Assert.Single((await _ec2.DescribeVpcsAsync(TestContext.Current.CancellationToken)).Vpcs);
        Assert.Empty((await _ec2.DescribeVpcsAsync(TestContext.Current.CancellationToken)).Vpcs ?? []);
        Assert.Equal("ec2:DeleteVpc eu-central-1 200 cut", _cloud.Server.Log.Single(one => one.Code == "cut").ToString());
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task Who_signs_wrongly_is_refused()
    {
        using var stranger = Client(Region, RoleCredentials.Random());
        Assert.Equal("AuthFailure", await Refusal(stranger.DescribeVpcsAsync(TestContext.Current.CancellationToken)));
        using var elsewhere = Client("ap-south-1");
        Assert.Equal("AuthFailure", await Refusal(elsewhere.DescribeVpcsAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(2, _cloud.Server.Faults.Count);
        Assert.Empty(_cloud.Server.Asked);
    }
}
