using System.Globalization;
using Amazon.EC2;
using Amazon.EC2.Model;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>EC2's resources: hosts with their parts, and networks.</summary>
internal sealed class Ec2Sweeper(AwsSession session, SweepCalls calls, string region) : ISweeper, IDisposable
{
    private const int PageSize = 1000;

    // DescribeRouteTables has smaller pages (EC2 API reference, MaxResults: 5 to 100).
    private const int RouteTables = 100;

    // Selects by the project's tag, or by an id, with which AWS accepts neither filters nor a page size.
    private sealed record Asked(string? Id, string? Next)
    {
        public List<string>? Ids => Id is null ? null : [Id];

        public List<Filter>? Filters => Id is null ? [new($"tag:{StackTags.ProjectTag}", [StackTags.ProjectName])] : null;

        public int? Size => Id is null ? PageSize : null;
    }

    private sealed record Listed(IEnumerable<FoundResource>? Found, string? Next);

    private readonly AmazonEC2Client _ec2 = new(session.Credentials, session.Bounded(new AmazonEC2Config(), region));

    public string Region => region;

    public IReadOnlyList<string> Kinds { get; } =
    [
        SweepKinds.Instance, SweepKinds.LaunchTemplate, SweepKinds.Volume, SweepKinds.ElasticIp, SweepKinds.NetworkInterface,
        SweepKinds.FlowLog, SweepKinds.SecurityGroup, SweepKinds.Subnet, SweepKinds.RouteTable, SweepKinds.InternetGateway, SweepKinds.Vpc,
    ];

    public Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation) => Pages.AllAsync(async next =>
    {
        var page = await ListAsync(kind, new(null, next), cancellation);
        return (page.Found, page.Next);
    });

    public Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation) => Pages.OrGoneAsync(async () =>
        (await ListAsync(found.Kind, new(found.Id, null), cancellation)).Found?.FirstOrDefault(one => one.Id == found.Id));

    public async Task RemoveAsync(FoundResource found, CancellationToken cancellation)
    {
        Task Ask<T>(string right, Func<CancellationToken, Task<T>> call) => calls.AskAsync(right, call, cancellation);
        var id = found.Id;
        switch (found.Kind)
        {
            case SweepKinds.Instance:
                if (found.State != "shutting-down")
                    await Ask("ec2:TerminateInstances", limit => _ec2.TerminateInstancesAsync(new([id]), limit));
                return;
            case SweepKinds.LaunchTemplate:
                await Ask("ec2:DeleteLaunchTemplate", limit => _ec2.DeleteLaunchTemplateAsync(new() { LaunchTemplateId = id }, limit));
                return;
            case SweepKinds.Volume:
                await Ask("ec2:DeleteVolume", limit => _ec2.DeleteVolumeAsync(new(id), limit));
                return;
            case SweepKinds.ElasticIp:
                if (found.Get(Fact.Association) is { } association)
                    await Pages.UnlessGoneAsync(() => Ask("ec2:DisassociateAddress",
                        limit => _ec2.DisassociateAddressAsync(new() { AssociationId = association }, limit)));
                await Ask("ec2:ReleaseAddress", limit => _ec2.ReleaseAddressAsync(new() { AllocationId = id }, limit));
                return;
            case SweepKinds.NetworkInterface:
                await Ask("ec2:DeleteNetworkInterface", limit =>
                    _ec2.DeleteNetworkInterfaceAsync(new() { NetworkInterfaceId = id }, limit));
                return;
            case SweepKinds.FlowLog:
                await Ask("ec2:DeleteFlowLogs", async limit =>
                    Accepted(await _ec2.DeleteFlowLogsAsync(new() { FlowLogIds = [id] }, limit)));
                return;
            case SweepKinds.SecurityGroup:
                await Ask("ec2:DeleteSecurityGroup", limit => _ec2.DeleteSecurityGroupAsync(new() { GroupId = id }, limit));
                return;
            case SweepKinds.Subnet:
                await Ask("ec2:DeleteSubnet", limit => _ec2.DeleteSubnetAsync(new(id), limit));
                return;
            case SweepKinds.RouteTable:
                await Ask("ec2:DeleteRouteTable", limit => _ec2.DeleteRouteTableAsync(new() { RouteTableId = id }, limit));
                return;
            case SweepKinds.InternetGateway:
                if (found.Get(Fact.Vpc) is { } vpc)
                    await Pages.UnlessGoneAsync(() => Ask("ec2:DetachInternetGateway",
                        limit => _ec2.DetachInternetGatewayAsync(new() { InternetGatewayId = id, VpcId = vpc }, limit)));
                await Ask("ec2:DeleteInternetGateway", limit => _ec2.DeleteInternetGatewayAsync(new() { InternetGatewayId = id }, limit));
                return;
            case SweepKinds.Vpc:
                await Ask("ec2:DeleteVpc", limit => _ec2.DeleteVpcAsync(new(id), limit));
                return;
            default:
                throw new InvalidOperationException($"EC2 has no {found.Kind}");
        }
    }

    public void Dispose() => _ec2.Dispose();

    private Task<Listed> ListAsync(string kind, Asked asked, CancellationToken cancellation)
    {
        var right = SweepKinds.Of(kind).Finds.Single();
        return calls.AskAsync(right, limit => PageAsync(kind, asked, limit), cancellation);
    }

    private async Task<Listed> PageAsync(string kind, Asked asked, CancellationToken limit)
    {
        switch (kind)
        {
            case SweepKinds.Instance:
                var instances = await _ec2.DescribeInstancesAsync(
                    new() { InstanceIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next }, limit);
                // Terminated instances are listed for an hour.
                return new(instances.Reservations?.SelectMany(one => one.Instances ?? [])
                    .Where(one => one.State.Name != InstanceStateName.Terminated)
                    .Select(one => Of(kind, one.InstanceId, one.Tags, one.LaunchTime, one.State.Name.Value,
                        (Fact.Type, one.InstanceType?.Value), (Fact.Vpc, one.VpcId))),
                    instances.NextToken);
            case SweepKinds.LaunchTemplate:
                var templates = await _ec2.DescribeLaunchTemplatesAsync(
                    new() { LaunchTemplateIds = asked.Ids, Filters = asked.Filters, NextToken = asked.Next }, limit);
                return new(templates.LaunchTemplates?.Select(one => Of(kind, one.LaunchTemplateId, one.Tags, one.CreateTime)),
                    templates.NextToken);
            case SweepKinds.Volume:
                var volumes = await _ec2.DescribeVolumesAsync(
                    new() { VolumeIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next }, limit);
                return new(volumes.Volumes?.Select(one => Of(kind, one.VolumeId, one.Tags, one.CreateTime, one.State?.Value,
                    (Fact.Type, one.VolumeType?.Value), (Fact.SizeGb, one.Size?.ToString(CultureInfo.InvariantCulture)))),
                    volumes.NextToken);
            case SweepKinds.ElasticIp:
                // This request has no pages.
                var addresses = await _ec2.DescribeAddressesAsync(new() { AllocationIds = asked.Ids, Filters = asked.Filters }, limit);
                return new(addresses.Addresses?.Select(one => Of(kind, one.AllocationId, one.Tags, null, one.PublicIp,
                    (Fact.Address, one.PublicIp), (Fact.Association, one.AssociationId))), null);
            case SweepKinds.NetworkInterface:
                var interfaces = await _ec2.DescribeNetworkInterfacesAsync(
                    new() { NetworkInterfaceIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next },
                    limit);
                return new(interfaces.NetworkInterfaces?.Select(one => Of(kind, one.NetworkInterfaceId, one.TagSet, null, one.Status?.Value,
                    (Fact.Vpc, one.VpcId),
                    (Fact.Address, string.Join(' ', (one.Ipv6Addresses ?? []).Select(address => address.Ipv6Address))))),
                    interfaces.NextToken);
            case SweepKinds.FlowLog:
                var logs = await _ec2.DescribeFlowLogsAsync(
                    new() { FlowLogIds = asked.Ids, Filter = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next }, limit);
                return new(logs.FlowLogs?.Select(one => Of(kind, one.FlowLogId, one.Tags, one.CreationTime, null,
                    (Fact.Vpc, one.ResourceId))), logs.NextToken);
            case SweepKinds.SecurityGroup:
                var groups = await _ec2.DescribeSecurityGroupsAsync(
                    new() { GroupIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next }, limit);
                // A VPC's default group can't be deleted, except with the VPC.
                return new(groups.SecurityGroups?.Where(one => one.GroupName != "default")
                    .Select(one => Of(kind, one.GroupId, one.Tags, null, null, (Fact.Vpc, one.VpcId))), groups.NextToken);
            case SweepKinds.Subnet:
                var subnets = await _ec2.DescribeSubnetsAsync(
                    new() { SubnetIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next }, limit);
                return new(subnets.Subnets?.Select(one => Of(kind, one.SubnetId, one.Tags, null, null, (Fact.Vpc, one.VpcId))),
                    subnets.NextToken);
            case SweepKinds.RouteTable:
                var tables = await _ec2.DescribeRouteTablesAsync(new()
                {
                    RouteTableIds = asked.Ids,
                    Filters = asked.Filters,
                    MaxResults = asked.Id is null ? RouteTables : null,
                    NextToken = asked.Next,
                }, limit);
                // The same goes for its main route table.
                return new(tables.RouteTables?.Where(one => one.Associations?.Any(other => other.Main == true) != true)
                    .Select(one => Of(kind, one.RouteTableId, one.Tags, null, null, (Fact.Vpc, one.VpcId))), tables.NextToken);
            case SweepKinds.InternetGateway:
                var gateways = await _ec2.DescribeInternetGatewaysAsync(
                    new() { InternetGatewayIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next },
                    limit);
                return new(gateways.InternetGateways?.Select(one => Of(kind, one.InternetGatewayId, one.Tags, null, null,
                    (Fact.Vpc, one.Attachments?.FirstOrDefault()?.VpcId))), gateways.NextToken);
            case SweepKinds.Vpc:
                var vpcs = await _ec2.DescribeVpcsAsync(
                    new() { VpcIds = asked.Ids, Filters = asked.Filters, MaxResults = asked.Size, NextToken = asked.Next }, limit);
                return new(vpcs.Vpcs?.Select(one => Of(kind, one.VpcId, one.Tags, null)), vpcs.NextToken);
            default:
                throw new InvalidOperationException($"EC2 has no {kind}");
        }
    }

    // Only this call reports failures in a successful response.
    private static DeleteFlowLogsResponse Accepted(DeleteFlowLogsResponse answer) =>
        answer.Unsuccessful is [{ Error: { } error }, ..]
            ? throw new AmazonEC2Exception(error.Message) { ErrorCode = error.Code }
            : answer;

    private FoundResource Of(
        string kind, string id, List<Tag>? tags, DateTime? since, string? state = null, params (string Name, string? Value)[] facts)
    {
        var read = (tags ?? []).ToDictionary(tag => tag.Key, tag => tag.Value);
        return new()
        {
            Kind = kind,
            Id = id,
            Name = read.GetValueOrDefault("Name") is { Length: > 0 } name ? name : id,
            Region = region,
            Tags = read,
            Since = Pages.Utc(since),
            State = state,
            Facts = facts.Where(fact => !string.IsNullOrEmpty(fact.Value)).ToDictionary(fact => fact.Name, fact => fact.Value!),
        };
    }
}
