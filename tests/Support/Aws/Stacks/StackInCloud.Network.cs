using System.Collections.Immutable;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Watching;

namespace Causeway.Tests.Support.Aws.Stacks;

// The VPC with its parts.
public sealed partial class StackInCloud
{
    private Ec2Region Ec2 => _cloud.In(_region).Ec2;

    private IReadOnlyList<(string, Action<StackResource>)> NetworkSteps =>
    [
        ("aws:ec2/vpc:Vpc", planned => _made.Add((planned.Type, planned.Name), Ec2.NewVpc(planned.Text("cidrBlock"), planned.Tags,
            planned.Flag("assignGeneratedIpv6CidrBlock") ? "2001:db8:1:100::/56" : null, _created))),
        ("aws:ec2/internetGateway:InternetGateway", planned => Add(planned, Ec2.Gateways, new()
        {
            Id = Ec2Region.NewId("igw"), Region = _region, Created = _created, Tags = planned.Tags, VpcId = VpcOf(planned),
        })),
        ("aws:ec2/subnet:Subnet", planned => Add(planned, Ec2.Subnets, new()
        {
            Id = Ec2Region.NewId("subnet"), Region = _region, Created = _created, Tags = planned.Tags, VpcId = VpcOf(planned),
            Zone = planned.Text("availabilityZone"), Cidr = planned.Text("cidrBlock"),
        })),
        ("aws:ec2/routeTable:RouteTable", planned => Add(planned, Ec2.RouteTables, new()
        {
            Id = Ec2Region.NewId("rtb"), Region = _region, Created = _created, Tags = planned.Tags, VpcId = VpcOf(planned),
        }).Routes[Ec2.Vpcs.All.Single(vpc => vpc.Id == VpcOf(planned)).Cidr] = "local"),
        ("aws:ec2/route:Route", planned => Table(planned).Routes.Add(
            planned["destinationCidrBlock"] ?? planned.Text("destinationIpv6CidrBlock"),
            MadeOf<CloudGateway>("aws:ec2/internetGateway:InternetGateway", planned["gatewayId"]).Id)),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", planned =>
            Table(planned).Associations.Add(Ec2Region.NewId("rtbassoc"), SubnetOf(planned))),
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", TakeOverDefaultGroup),
        ("aws:ec2/securityGroup:SecurityGroup", planned => Add(planned, Ec2.Groups, new()
        {
            Id = Ec2Region.NewId("sg"), Region = _region, Created = _created, Tags = planned.Tags, VpcId = VpcOf(planned),
            Name = $"{planned.Name}-0a1b2c3", Description = planned["description"] ?? "",
        })),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", planned => Rule(planned, egress: false)),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", planned => Rule(planned, egress: true)),
        ("aws:cloudwatch/logGroup:LogGroup", planned => Add(planned, _cloud.In(_region).LogGroups, new()
        {
            Id = planned.Text("name"), Region = _region, Created = _created, Tags = planned.Tags,
            RetentionDays = planned.Number("retentionInDays", 30),
        })),
        ("aws:ec2/flowLog:FlowLog", planned => Add(planned, Ec2.FlowLogs, new()
        {
            Id = Ec2Region.NewId("fl"), Region = _region, Created = _created, Tags = planned.Tags, ResourceId = VpcOf(planned),
            LogGroup = MadeOf<CloudLogGroup>("aws:cloudwatch/logGroup:LogGroup", planned["logDestination"]).Id,
        })),
    ];

    private string VpcOf(StackResource planned) => MadeOf<CloudVpc>("aws:ec2/vpc:Vpc", planned["vpcId"]).Id;

    private string SubnetOf(StackResource planned) => MadeOf<CloudSubnet>("aws:ec2/subnet:Subnet", planned["subnetId"]).Id;

    private CloudRouteTable Table(StackResource planned) =>
        MadeOf<CloudRouteTable>("aws:ec2/routeTable:RouteTable", planned["routeTableId"]);

    // The one that came with the VPC: it gets the stack's tags and, as registered, no rules.
    private void TakeOverDefaultGroup(StackResource planned)
    {
        var group = Ec2.Groups.All.Single(group => group.VpcId == VpcOf(planned) && group.IsDefault);
        group.Tag(planned.Tags.Select(tag => (tag.Key, (string?)tag.Value)), 0);
        var given = planned.Inputs.Where(input => input.Key is "ingress" or "egress")
            .Sum(input => ((ImmutableArray<object>)input.Value).Length);
        if (given > 0) throw new InvalidOperationException($"{planned.Name}: rules of the default group are not supported here");
        foreach (var rule in Ec2.GroupRules.All.Where(rule => rule.GroupId == group.Id)) Ec2.GroupRules.Remove(rule);
        _made.Add((planned.Type, planned.Name), group);
    }

    private void Rule(StackResource planned, bool egress) => Add(planned, Ec2.GroupRules, new()
    {
        Id = Ec2Region.NewId("sgr"),
        Region = _region,
        Created = _created,
        Tags = planned.Tags,
        Egress = egress,
        GroupId = MadeOf<CloudGroup>("aws:ec2/securityGroup:SecurityGroup", planned["securityGroupId"]).Id,
        Protocol = planned.Text("ipProtocol"),
        FromPort = planned.Number("fromPort", -1),
        ToPort = planned.Number("toPort", -1),
        Ipv4 = planned["cidrIpv4"],
        Ipv6 = planned["cidrIpv6"],
        Description = planned["description"] ?? "",
    });
}
