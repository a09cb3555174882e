using System.Collections.Immutable;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;
using Pulumi.Aws.Vpc;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="Network"/>.</summary>
public sealed class NetworkArgs : ResourceArgs
{
    /// <summary>The network.</summary>
    public required NetworkPlan Network { get; init; }

    /// <summary>The rules of the hosts' security group.</summary>
    public required IReadOnlyList<FirewallRule> Rules { get; init; }

    /// <summary>The name of the log group's resource; it belongs to the stack and outlives its networks.</summary>
    public required string LogName { get; init; }

    /// <summary>The availability zone, known once the zone offers the instance type.</summary>
    public required Input<string> Zone { get; init; }

    /// <summary>The role that writes the log of refused traffic.</summary>
    public required Role FlowLogRole { get; init; }

    /// <summary>The stack's tags.</summary>
    public required ResourceTags Tags { get; init; }
}

/// <summary>The VPC with its public subnet, the hosts' security group and the log of refused traffic.</summary>
public sealed class Network : ComponentResource
{
    /// <summary>The hosts' subnet.</summary>
    public Output<string> SubnetId { get; }

    /// <summary>The hosts' security group.</summary>
    public Output<string> SecurityGroupId { get; }

    /// <summary>
    /// The gateway and the routes to it: an Elastic IP cannot be associated before they exist, and they can be deleted only after it.
    /// </summary>
    public ImmutableArray<Resource> Gateway { get; }

    /// <summary>What must exist before a host can reach the internet.</summary>
    public ImmutableArray<Resource> Ready { get; }

    /// <summary>Registers the network.</summary>
    public Network(string name, NetworkArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Network", name, options)
    {
        var (planned, tags) = (args.Network, args.Tags);
        var vpc = new Vpc(name, new()
        {
            CidrBlock = planned.Prefix.ToString(),
            AssignGeneratedIpv6CidrBlock = planned.DualStack,
            EnableDnsSupport = true,
            EnableDnsHostnames = false,
            Tags = tags.Named("VPC", planned.Name),
        }, this.Within());
        var gateway = new InternetGateway(name, new() { VpcId = vpc.Id, Tags = tags.Named("internet gateway", planned.Name) }, this.Sole());
        var subnet = new Subnet(name, new()
        {
            VpcId = vpc.Id,
            AvailabilityZone = args.Zone,
            CidrBlock = planned.Prefix.ToString(),
            Ipv6CidrBlock = planned.DualStack ? (Input<string>)vpc.Ipv6CidrBlock.Apply(NetworkPlan.Ipv6Subnet) : null!,
            // Each host has its own addresses: Elastic IPs, and the IPv6 addresses of its interface.
            AssignIpv6AddressOnCreation = false,
            MapPublicIpOnLaunch = false,
            Tags = tags.Named("subnet", planned.Name),
        }, this.Sole());

        var table = new RouteTable(name, new() { VpcId = vpc.Id, Tags = tags.Named("route table", planned.Name) }, this.Within());
        var routes = new List<Resource>
        {
            gateway,
            new Route($"{name}-ipv4", new()
            {
                RouteTableId = table.Id,
                DestinationCidrBlock = FirewallRule.EverywhereIpv4,
                GatewayId = gateway.Id,
            }, this.Sole()),
            new RouteTableAssociation(name, new() { RouteTableId = table.Id, SubnetId = subnet.Id }, this.Sole()),
        };
        if (planned.DualStack)
        {
            routes.Add(new Route($"{name}-ipv6", new()
            {
                RouteTableId = table.Id,
                DestinationIpv6CidrBlock = FirewallRule.EverywhereIpv6,
                GatewayId = gateway.Id,
            }, this.Sole()));
        }

        // Managing it without rules removes the rules that AWS created it with.
        _ = new DefaultSecurityGroup(name, new()
        {
            VpcId = vpc.Id,
            Ingress = new List<DefaultSecurityGroupIngressArgs>(),
            Egress = new List<DefaultSecurityGroupEgressArgs>(),
            Tags = tags.Named("default security group", $"{planned.Name}-default"),
        }, this.Within());

        // The engine chooses the name in AWS, so that another group can be created and attached before this one goes: a group in use cannot
        // be deleted.
        var group = new SecurityGroup(name, new()
        {
            Description = "Causeway hosts: signalling and relay",
            VpcId = vpc.Id,
            Tags = tags.Named("security group", $"{planned.Name}-hosts"),
        }, this.Within());
        var rules = args.Rules.Select(rule => Rule($"{planned.Name}-{rule.Name}", group, rule, tags)).ToList();

        var log = new LogGroup(args.LogName, new()
        {
            Name = planned.FlowLog.LogGroup,
            RetentionInDays = planned.FlowLog.RetentionDays,
            Tags = tags.Named("log group", planned.FlowLog.LogGroup),
        }, this.Kept(planned.FlowLog.Protected));
        _ = new FlowLog(name, new()
        {
            VpcId = vpc.Id,
            TrafficType = "REJECT",
            LogDestinationType = "cloud-watch-logs",
            LogDestination = log.Arn,
            IamRoleArn = args.FlowLogRole.Arn,
            Tags = tags.Named("flow log", planned.Name),
        }, this.Sole(args.FlowLogRole.Policy));

        SubnetId = subnet.Id;
        SecurityGroupId = group.Id;
        Gateway = [.. routes];
        Ready = [.. routes, .. rules];
        RegisterOutputs(new Dictionary<string, object?> { ["subnetId"] = SubnetId, ["securityGroupId"] = SecurityGroupId });
    }

    private CustomResource Rule(string name, SecurityGroup group, FirewallRule rule, ResourceTags tags)
    {
        if (rule.Direction == Direction.Ingress)
        {
            return new SecurityGroupIngressRule(name, new()
            {
                SecurityGroupId = group.Id,
                IpProtocol = rule.IpProtocol,
                FromPort = rule.FromPort,
                ToPort = rule.ToPort,
                CidrIpv4 = rule.IsIpv6 ? null! : rule.Cidr,
                CidrIpv6 = rule.IsIpv6 ? rule.Cidr : null!,
                Description = rule.Description,
                Tags = tags.Named("ingress rule", name),
            }, this.Sole());
        }
        return new SecurityGroupEgressRule(name, new()
        {
            SecurityGroupId = group.Id,
            IpProtocol = rule.IpProtocol,
            FromPort = rule.FromPort,
            ToPort = rule.ToPort,
            CidrIpv4 = rule.IsIpv6 ? null! : rule.Cidr,
            CidrIpv6 = rule.IsIpv6 ? rule.Cidr : null!,
            Description = rule.Description,
            Tags = tags.Named("egress rule", name),
        }, this.Sole());
    }
}
