using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;
using Pulumi.Aws.Vpc;

namespace Causeway.Infra.Resources;

/// <summary>What the network is made from.</summary>
public sealed class NetworkArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The availability zone, once it is known that the instance type is offered there.</summary>
    public required Input<string> Zone { get; init; }

    /// <summary>The role that writes the log of refused traffic.</summary>
    public required Role FlowLogRole { get; init; }
}

/// <summary>The VPC with its public subnet, the hosts' security group and the log of refused traffic.</summary>
public sealed class Network : ComponentResource
{
    /// <summary>The subnet that hosts stand in.</summary>
    public Output<string> SubnetId { get; }

    /// <summary>The hosts' security group.</summary>
    public Output<string> SecurityGroupId { get; }

    /// <summary>What an Elastic IP needs before it can stand for an address here, and what can go only after it: the gateway and the way to it.</summary>
    public ImmutableArray<Resource> Gateway { get; }

    /// <summary>Whatever must be there before a host can reach the internet.</summary>
    public ImmutableArray<Resource> Ready { get; }

    /// <summary>Registers the network.</summary>
    public Network(string name, NetworkArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Network", name, options)
    {
        var (plan, planned) = (args.Plan, args.Plan.Network);
        var vpc = new Vpc(name, new()
        {
            CidrBlock = planned.Prefix.ToString(),
            AssignGeneratedIpv6CidrBlock = planned.DualStack,
            EnableDnsSupport = true,
            EnableDnsHostnames = false,
            Tags = plan.Tagged("VPC", planned.Name),
        }, this.Within());
        var gateway = new InternetGateway(name, new() { VpcId = vpc.Id, Tags = plan.Tagged("internet gateway", planned.Name) }, this.Sole());
        var subnet = new Subnet(name, new()
        {
            VpcId = vpc.Id,
            AvailabilityZone = args.Zone,
            CidrBlock = planned.Prefix.ToString(),
            Ipv6CidrBlock = planned.DualStack ? (Input<string>)vpc.Ipv6CidrBlock.Apply(NetworkPlan.Ipv6Subnet) : null!,
            AssignIpv6AddressOnCreation = false,
            MapPublicIpOnLaunch = planned.AssignsPublicAddresses,
            Tags = plan.Tagged("subnet", planned.Name),
        }, this.Sole());

        var table = new RouteTable(name, new() { VpcId = vpc.Id, Tags = plan.Tagged("route table", planned.Name) }, this.Within());
        var ways = new List<Resource>
        {
            gateway,
            new Route($"{name}-ipv4", new() { RouteTableId = table.Id, DestinationCidrBlock = FirewallRule.EverywhereIpv4, GatewayId = gateway.Id }, this.Sole()),
            new RouteTableAssociation(name, new() { RouteTableId = table.Id, SubnetId = subnet.Id }, this.Sole()),
        };
        if (planned.DualStack)
            ways.Add(new Route($"{name}-ipv6", new() { RouteTableId = table.Id, DestinationIpv6CidrBlock = FirewallRule.EverywhereIpv6, GatewayId = gateway.Id }, this.Sole()));

        // Managing it with no rules takes the rules away that AWS puts there.
        _ = new DefaultSecurityGroup(name, new()
        {
            VpcId = vpc.Id,
            Ingress = planned.DefaultGroupRules.Where(rule => rule.Direction == Direction.Ingress).Select(DefaultIngress).ToList(),
            Egress = planned.DefaultGroupRules.Where(rule => rule.Direction == Direction.Egress).Select(DefaultEgress).ToList(),
            Tags = plan.Tagged("default security group", $"{planned.Name}-default"),
        }, this.Within());

        // Named by the engine: another one can be made beside it and given to the interface before it goes, which it cannot while it is in use.
        var group = new SecurityGroup(name, new()
        {
            Description = NetworkPlan.HostsGroup,
            VpcId = vpc.Id,
            Tags = plan.Tagged("security group", $"{planned.Name}-hosts"),
        }, this.Within());
        var rules = plan.Rules.Select(rule => Rule(plan, group, rule)).ToList();

        // The log is the stack's and outlives its networks.
        var log = new LogGroup(plan.Prefix, new()
        {
            Name = planned.FlowLog.LogGroup,
            RetentionInDays = planned.FlowLog.RetentionDays,
            Tags = plan.Tagged("log group", planned.FlowLog.LogGroup),
        }, this.Kept(planned.FlowLog.Protected));
        _ = new FlowLog(name, new()
        {
            VpcId = vpc.Id,
            TrafficType = planned.FlowLog.Traffic,
            LogDestinationType = "cloud-watch-logs",
            LogDestination = log.Arn,
            IamRoleArn = args.FlowLogRole.Arn,
            Tags = plan.Tagged("flow log", planned.Name),
        }, this.Sole(args.FlowLogRole.Policy));

        SubnetId = subnet.Id;
        SecurityGroupId = group.Id;
        Gateway = [.. ways];
        Ready = [.. ways, .. rules];
        RegisterOutputs(new Dictionary<string, object?> { ["subnetId"] = SubnetId, ["securityGroupId"] = SecurityGroupId });
    }

    private static DefaultSecurityGroupIngressArgs DefaultIngress(FirewallRule rule)
    {
        var same = new DefaultSecurityGroupIngressArgs { Protocol = rule.IpProtocol, FromPort = rule.FromPort, ToPort = rule.ToPort, Description = rule.Description };
        (rule.IsIpv6 ? same.Ipv6CidrBlocks : same.CidrBlocks).Add(rule.Cidr);
        return same;
    }

    private static DefaultSecurityGroupEgressArgs DefaultEgress(FirewallRule rule)
    {
        var same = new DefaultSecurityGroupEgressArgs { Protocol = rule.IpProtocol, FromPort = rule.FromPort, ToPort = rule.ToPort, Description = rule.Description };
        (rule.IsIpv6 ? same.Ipv6CidrBlocks : same.CidrBlocks).Add(rule.Cidr);
        return same;
    }

    private CustomResource Rule(Plan plan, SecurityGroup group, FirewallRule rule)
    {
        var name = $"{plan.Network.Name}-{rule.Name}";
        return rule.Direction == Direction.Ingress
            ? new SecurityGroupIngressRule(name, new()
            {
                SecurityGroupId = group.Id,
                IpProtocol = rule.IpProtocol,
                FromPort = rule.FromPort,
                ToPort = rule.ToPort,
                CidrIpv4 = rule.IsIpv6 ? null! : rule.Cidr,
                CidrIpv6 = rule.IsIpv6 ? rule.Cidr : null!,
                Description = rule.Description,
                Tags = plan.Tagged("ingress rule", name),
            }, this.Sole())
            : new SecurityGroupEgressRule(name, new()
            {
                SecurityGroupId = group.Id,
                IpProtocol = rule.IpProtocol,
                FromPort = rule.FromPort,
                ToPort = rule.ToPort,
                CidrIpv4 = rule.IsIpv6 ? null! : rule.Cidr,
                CidrIpv6 = rule.IsIpv6 ? rule.Cidr : null!,
                Description = rule.Description,
                Tags = plan.Tagged("egress rule", name),
            }, this.Sole());
    }
}
