using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Vpc;

namespace Causeway.Infra.Resources;

/// <summary>What the network is made from.</summary>
public sealed class NetworkArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The ARN of the role that writes the log of refused traffic.</summary>
    public required Input<string> FlowLogRole { get; init; }
}

/// <summary>The VPC with its public subnet, the hosts' security group and the log of refused traffic.</summary>
public sealed class Network : ComponentResource
{
    /// <summary>The subnet that hosts stand in.</summary>
    public Output<string> SubnetId { get; }

    /// <summary>The hosts' security group.</summary>
    public Output<string> SecurityGroupId { get; }

    /// <summary>Whatever must be there before a host can reach the internet.</summary>
    public Output<ImmutableArray<Resource>> Ready { get; }

    /// <summary>Registers the network.</summary>
    public Network(string name, NetworkArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Network", name, options)
    {
        var plan = args.Plan;
        var vpc = new Vpc(name, new()
        {
            CidrBlock = plan.Network.Prefix.ToString(),
            AssignGeneratedIpv6CidrBlock = plan.Network.DualStack,
            EnableDnsSupport = true,
            EnableDnsHostnames = false,
            Tags = plan.Tagged(plan.Prefix),
        }, this.Within());
        var gateway = new InternetGateway(name, new() { VpcId = vpc.Id, Tags = plan.Tagged(plan.Prefix) }, this.Within());
        var subnet = new Subnet(name, new()
        {
            VpcId = vpc.Id,
            AvailabilityZone = plan.Network.Zone,
            CidrBlock = plan.Network.Prefix.ToString(),
            Ipv6CidrBlock = plan.Network.DualStack ? (Input<string>)vpc.Ipv6CidrBlock.Apply(NetworkPlan.Ipv6Subnet) : null!,
            AssignIpv6AddressOnCreation = false,
            MapPublicIpOnLaunch = plan.Network.AssignsPublicAddresses,
            Tags = plan.Tagged(plan.Prefix),
        }, this.Within());

        var table = new RouteTable(name, new() { VpcId = vpc.Id, Tags = plan.Tagged(plan.Prefix) }, this.Within());
        var ready = new List<Resource>
        {
            new Route($"{name}-ipv4", new() { RouteTableId = table.Id, DestinationCidrBlock = FirewallRule.EverywhereIpv4, GatewayId = gateway.Id }, this.Within()),
            new RouteTableAssociation(name, new() { RouteTableId = table.Id, SubnetId = subnet.Id }, this.Within()),
        };
        if (plan.Network.DualStack)
            ready.Add(new Route($"{name}-ipv6", new() { RouteTableId = table.Id, DestinationIpv6CidrBlock = FirewallRule.EverywhereIpv6, GatewayId = gateway.Id }, this.Within()));

        // Managing it with no rules takes the rules away that AWS puts there.
        _ = new DefaultSecurityGroup(name, new() { VpcId = vpc.Id, Tags = plan.Tagged($"{plan.Prefix}-default") }, this.Within());

        var group = new SecurityGroup(name, new()
        {
            Name = $"{plan.Prefix}-hosts",
            Description = "Causeway hosts: signalling and relay",
            VpcId = vpc.Id,
            Tags = plan.Tagged($"{plan.Prefix}-hosts"),
        }, this.Within());
        foreach (var rule in plan.Rules) ready.Add(Rule(plan, group, rule));

        var log = new LogGroup(name, new() { Name = plan.Network.FlowLog.LogGroup, RetentionInDays = plan.Network.FlowLog.RetentionDays, Tags = plan.Tagged(plan.Prefix) }, this.Within());
        _ = new FlowLog(name, new()
        {
            VpcId = vpc.Id,
            TrafficType = "REJECT",
            LogDestinationType = "cloud-watch-logs",
            LogDestination = log.Arn,
            IamRoleArn = args.FlowLogRole,
            Tags = plan.Tagged(plan.Prefix),
        }, this.Within());

        SubnetId = subnet.Id;
        SecurityGroupId = group.Id;
        Ready = Output.Create(ready.ToImmutableArray());
        RegisterOutputs(new Dictionary<string, object?> { ["subnetId"] = SubnetId, ["securityGroupId"] = SecurityGroupId });
    }

    private CustomResource Rule(Plan plan, SecurityGroup group, FirewallRule rule)
    {
        var name = $"{plan.Prefix}-{rule.Name}";
        return rule.Direction == Direction.Ingress
            ? new SecurityGroupIngressRule(name, new()
            {
                SecurityGroupId = group.Id,
                IpProtocol = rule.IpProtocol,
                FromPort = rule.Ports.First,
                ToPort = rule.Ports.Last,
                CidrIpv4 = rule.IsIpv6 ? null! : rule.Cidr,
                CidrIpv6 = rule.IsIpv6 ? rule.Cidr : null!,
                Description = rule.Description,
                Tags = plan.Tagged(name),
            }, this.Within())
            : new SecurityGroupEgressRule(name, new()
            {
                SecurityGroupId = group.Id,
                IpProtocol = rule.IpProtocol,
                FromPort = rule.Ports.First,
                ToPort = rule.Ports.Last,
                CidrIpv4 = rule.IsIpv6 ? null! : rule.Cidr,
                CidrIpv6 = rule.IsIpv6 ? rule.Cidr : null!,
                Description = rule.Description,
                Tags = plan.Tagged(name),
            }, this.Within());
    }
}
