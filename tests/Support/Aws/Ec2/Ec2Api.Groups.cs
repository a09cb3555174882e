using System.Globalization;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// Security groups and their rules.
public sealed partial class Ec2Api
{
    private static Kind<CloudGroup> Group(Ec2Region region) =>
        new("securityGroupInfo", "GroupId", "InvalidGroup.NotFound", "security group", seen => GroupItem(region, seen))
        {
            Filters = new()
            {
                ["group-id"] = group => [group.Id],
                ["group-name"] = group => [group.Name],
                ["vpc-id"] = group => [group.VpcId],
                ["description"] = group => [group.Description],
                ["ip-permission.group-id"] = group => Rules(region, group, egress: false).Select(rule => rule.OtherGroup),
                ["egress.ip-permission.group-id"] = group => Rules(region, group, egress: true).Select(rule => rule.OtherGroup),
            },
        };

    private static readonly Kind<CloudGroupRule> GroupRule =
        new("securityGroupRuleSet", "SecurityGroupRuleId", "InvalidSecurityGroupRuleId.NotFound", "security group rule ID",
            seen => string.Concat(
                E("securityGroupRuleId", seen.Resource.Id), E("groupId", seen.Resource.GroupId), E("groupOwnerId", AwsServer.Account),
                E("isEgress", seen.Resource.Egress), E("ipProtocol", seen.Resource.Protocol), E("fromPort", seen.Resource.FromPort),
                E("toPort", seen.Resource.ToPort), E("cidrIpv4", seen.Resource.Ipv4), E("cidrIpv6", seen.Resource.Ipv6),
                seen.Resource.OtherGroup is { } other ? In("referencedGroupInfo", E("groupId", other), E("userId", AwsServer.Account)) : "",
                E("description", seen.Resource.Description), TagSet(seen.Tags)))
        {
            Filters = new() { ["group-id"] = rule => [rule.GroupId], ["security-group-rule-id"] = rule => [rule.Id] },
        };

    private void AddGroups()
    {
        _actions["DescribeSecurityGroups"] = (call, region) => Describe(call, region.Groups, Group(region));
        _actions["DescribeSecurityGroupRules"] = (call, region) => Describe(call, region.GroupRules, GroupRule);
        _actions["RevokeSecurityGroupIngress"] = (call, region) => Revoke(call, region, egress: false);
        _actions["RevokeSecurityGroupEgress"] = (call, region) => Revoke(call, region, egress: true);
        _actions["DeleteSecurityGroup"] = (call, region) =>
        {
            var group = Find(region.Groups, Group(region), call.Required("GroupId"));
            if (group.IsDefault)
            {
                throw new AwsRefusedException(400, "CannotDelete",
                    $"the specified group: \"{group.Id}\" name: \"default\" cannot be deleted by a user");
            }
            var used = region.Interfaces.All.Any(card => card.Groups.Contains(group.Id))
                || region.GroupRules.All.Any(rule => rule.OtherGroup == group.Id && rule.GroupId != group.Id);
            if (used) throw Depends($"resource {group.Id} has a dependent object");
            Remove(region, group);
            return Done + E("groupId", group.Id);
        };
    }

    private static void Remove(Ec2Region region, CloudGroup group)
    {
        foreach (var rule in region.GroupRules.All.Where(rule => rule.GroupId == group.Id)) region.GroupRules.Remove(rule);
        region.Groups.Remove(group);
    }

    private static IEnumerable<CloudGroupRule> Rules(Ec2Region region, CloudGroup group, bool egress) =>
        region.GroupRules.All.Where(rule => rule.GroupId == group.Id && rule.Egress == egress);

    // By the rules' ids, or by their content.
    private static string Revoke(ApiCall call, Ec2Region region, bool egress)
    {
        var group = Find(region.Groups, Group(region), call.Required("GroupId"));
        var own = Rules(region, group, egress).ToList();
        List<CloudGroupRule> revoked = [];
        foreach (var id in call.Form.List("SecurityGroupRuleId"))
            revoked.Add(own.FirstOrDefault(rule => rule.Id == id) ?? throw GroupRule.Missing(id));
        foreach (var asked in call.Form.Structures("IpPermissions"))
        {
            var named = own.Where(rule => Names(call.Form, asked, rule)).ToList();
            if (named.Count == 0)
                throw new AwsRefusedException(
                    400, "InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
            revoked.AddRange(named);
        }
        if (revoked.Count == 0)
            throw AwsRefusedException.Fault("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
        foreach (var rule in revoked) region.GroupRules.Remove(rule);
        return Done;
    }

    private static bool Names(QueryForm form, string asked, CloudGroupRule rule)
    {
        bool InList(string list, string member, string? value) =>
            value is not null && form.Structures($"{asked}.{list}").Any(one => form[$"{one}.{member}"] == value);
        return form[$"{asked}.IpProtocol"] == rule.Protocol
            && (rule.Protocol == "-1" || (Port("FromPort") == rule.FromPort && Port("ToPort") == rule.ToPort))
            && (InList("IpRanges", "CidrIp", rule.Ipv4) || InList("Ipv6Ranges", "CidrIpv6", rule.Ipv6)
                || InList("Groups", "GroupId", rule.OtherGroup));

        int Port(string name) => int.Parse(form[$"{asked}.{name}"] ?? "-1", CultureInfo.InvariantCulture);
    }

    private static string GroupItem(Ec2Region region, Seen<CloudGroup> seen)
    {
        var group = seen.Resource;
        return string.Concat(
            E("ownerId", AwsServer.Account), E("groupId", group.Id), E("groupName", group.Name), E("groupDescription", group.Description),
            E("vpcId", group.VpcId),
            Xml.List("ipPermissions", "item", Rules(region, group, egress: false).Select(Permission)),
            Xml.List("ipPermissionsEgress", "item", Rules(region, group, egress: true).Select(Permission)),
            TagSet(seen.Tags));
    }

    private static string Permission(CloudGroupRule rule)
    {
        var ports = rule.Protocol == "-1" ? "" : E("fromPort", rule.FromPort) + E("toPort", rule.ToPort);
        return E("ipProtocol", rule.Protocol) + ports + string.Concat(
            Xml.List("groups", "item", rule.OtherGroup is null ? [] : [E("userId", AwsServer.Account) + E("groupId", rule.OtherGroup)]),
            Xml.List("ipRanges", "item", rule.Ipv4 is null ? [] : [E("cidrIp", rule.Ipv4) + E("description", rule.Description)]),
            Xml.List("ipv6Ranges", "item", rule.Ipv6 is null ? [] : [E("cidrIpv6", rule.Ipv6) + E("description", rule.Description)]));
    }
}
