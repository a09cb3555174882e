using System.Text.RegularExpressions;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Policies;

public partial class FirewallPolicies
{
    private static IEnumerable<FirewallRule> Ingress(Plan plan) => plan.Rules.Where(rule => rule.Direction == Direction.Ingress);

    private static HashSet<PortRange> Open(Plan plan, string protocol) =>
        [.. Ingress(plan).Where(rule => rule.IpProtocol == protocol).Select(rule => rule.Ports)];

    private static void IsClosed(Plan plan, int port) => Assert.DoesNotContain(Ingress(plan), rule => rule.Ports.Contains(port));

    [Theory, EveryPlan, Policy("CKV_AWS_24")]
    public void SSH_is_closed(Plan plan) => IsClosed(plan, 22);

    [Theory, EveryPlan, Policy("CKV_AWS_25")]
    public void Remote_desktop_is_closed(Plan plan) => IsClosed(plan, 3389);

    /// <summary>Certificates are issued over DNS, so nothing needs port 80.</summary>
    [Theory, EveryPlan, Policy("CKV_AWS_260")]
    public void Plain_HTTP_is_closed(Plan plan) => IsClosed(plan, 80);

    /// <summary>Without these rules a host could fetch nothing; a rule for all protocols would allow too much.</summary>
    [Theory, EveryPlan, Policy]
    public void Only_UDP_and_TCP_may_leave_to_every_port_in_each_address_family(Plan plan)
    {
        string[] ipv4 = ["tcp 0-65535 0.0.0.0/0", "udp 0-65535 0.0.0.0/0"];
        string[] ipv6 = ["tcp 0-65535 ::/0", "udp 0-65535 ::/0"];
        var egress = plan.Rules.Where(rule => rule.Direction == Direction.Egress);
        Assert.Equal(
            plan.Settings.DualStack ? [.. ipv4, .. ipv6] : ipv4,
            egress.OrderBy(rule => rule.IsIpv6).ThenBy(rule => rule.IpProtocol, StringComparer.Ordinal)
                .Select(rule => $"{rule.IpProtocol} {rule.Ports} {rule.Cidr}"));
    }

    [Theory, EveryPlan, Policy("CKV_AWS_277", "CKV_AWS_382")]
    public void Every_rule_names_one_protocol(Plan plan) => Assert.All(plan.Rules, rule =>
        Assert.Contains(rule.IpProtocol, new[] { "udp", "tcp", rule.IsIpv6 ? "icmpv6" : "icmp" }));

    [Theory, EveryPlan, Policy("CKV_AWS_23")]
    public void Every_rule_is_described(Plan plan) => Assert.All(plan.Rules, rule =>
        // EC2 accepts 255 of these characters.
        Assert.Matches(@"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{10,255}$", rule.Description));

    [Theory, EveryPlan, Policy]
    public void UDP_is_open_only_for_the_transports_and_the_relayed_range(Plan plan)
    {
        var ports = plan.Settings.Ports;
        var udp = ports.Transports.Where(offer => offer.Transport == Transport.Udp);
        HashSet<PortRange> needed = [.. udp.Select(offer => PortRange.Of(offer.Port)), ports.Relayed];
        Assert.Equal(needed, Open(plan, "udp"));
    }

    [Theory, EveryPlan, Policy]
    public void TCP_is_open_only_for_the_page_and_the_transports(Plan plan)
    {
        var ports = plan.Settings.Ports;
        var tcp = ports.Transports.Where(offer => offer.Transport != Transport.Udp);
        HashSet<PortRange> needed = [.. tcp.Select(offer => PortRange.Of(offer.Port)), PortRange.Of(ports.Web)];
        Assert.Equal(needed, Open(plan, "tcp"));
    }

    [Theory, EveryPlan, Policy]
    public void The_relayed_range_of_the_rules_is_the_relays_own(Plan plan)
    {
        Assert.True(PortRange.TryParse(SettingsReadBack.Relay(plan).Ports, out var own, out _));
        Assert.Contains(own, Open(plan, "udp"));
    }

    [Theory, EveryPlan, Policy]
    public void Every_rule_has_a_twin_for_IPv6_exactly_when_the_stack_is_dual_stack(Plan plan)
    {
        // Each family has its own ICMP types; see the next policy.
        var rules = plan.Rules.Where(rule => rule.IcmpType is null).ToLookup(
            rule => rule.IsIpv6, rule => (rule.Direction, rule.IpProtocol, rule.Ports));
        Assert.Equal(plan.Settings.DualStack ? rules[false] : [], rules[true]);
    }

    /// <summary>
    /// Without these errors a smaller path MTU is a black hole (RFC 1191, RFC 8201). Echo requests and redirects stay out.
    /// </summary>
    [Theory, EveryPlan, Policy]
    public void Only_ICMP_errors_about_the_path_are_let_in_in_each_address_family(Plan plan)
    {
        string[] ipv4 = ["icmp type 3 code -1 0.0.0.0/0", "icmp type 11 code -1 0.0.0.0/0"];
        string[] ipv6 = ["icmpv6 type 1 code -1 ::/0", "icmpv6 type 2 code -1 ::/0", "icmpv6 type 3 code -1 ::/0"];
        var icmp = Ingress(plan).Where(rule => rule.IpProtocol.StartsWith("icmp", StringComparison.Ordinal));
        Assert.Equal(
            plan.Settings.DualStack ? [.. ipv4, .. ipv6] : ipv4,
            icmp.Select(rule => $"{rule.IpProtocol} type {rule.FromPort} code {rule.ToPort} {rule.Cidr}"));
    }

    /// <summary>
    /// What the security group admits reaches the services, and neighbour discovery, which IPv6 needs, reaches the kernel.
    /// </summary>
    [Theory, EveryPlan, Policy]
    public void The_hosts_own_table_drops_nothing_that_comes_in(Plan plan)
    {
        var table = plan.File(HostPaths.Firewall);
        Assert.Equal(["output"], HookName().Matches(table).Select(match => match.Groups["hook"].Value));
        Assert.DoesNotContain("policy drop", table, StringComparison.Ordinal);
        // Each drop names its users and the metadata address.
        Assert.All(table.Split('\n').Where(line => line.Contains("drop", StringComparison.Ordinal)), line =>
            Assert.Matches(@"^\s*meta skuid \{ [^}]+ \} ip6? daddr (169\.254\.169\.254|fd00:ec2::254) counter drop$", line));
    }

    [GeneratedRegex(@"\bhook (?<hook>[a-z]+)")]
    private static partial Regex HookName();

    /// <summary>AWS refuses the second of two equal rules, and with it the update.</summary>
    [Theory, EveryPlan, Policy]
    public void No_two_rules_are_equal(Plan plan)
    {
        Assert.Distinct(plan.Rules.Select(rule => (rule.Direction, rule.IpProtocol, rule.FromPort, rule.ToPort, rule.Cidr)));
        Assert.Distinct(plan.Rules.Select(rule => rule.Name));
    }

    [Theory, EveryPlan, Policy]
    public void Every_listener_of_the_relay_is_open(Plan plan)
    {
        var listeners = SettingsReadBack.Relay(plan).Listeners;
        Assert.NotEmpty(listeners);
        Assert.All(listeners, listener => Assert.Contains(Ingress(plan), rule =>
            rule.IpProtocol == (listener.Transport == "udp" ? "udp" : "tcp")
            && rule.Ports == PortRange.Of(listener.Port)
            && rule.IsIpv6 == listener.Address.Contains("IPV6", StringComparison.Ordinal)));
    }

    [Theory, EveryPlan, Policy]
    public void Every_URL_for_browsers_leads_to_a_listener(Plan plan)
    {
        var ice = SettingsReadBack.Signalling(plan).Ice;
        var listeners = SettingsReadBack.Relay(plan).Listeners.Select(listener => (listener.Transport, listener.Port)).ToHashSet();
        Assert.Equal(listeners, ice.TurnUrls.Select(IceUrl.Offer).ToHashSet());
        Assert.All(ice.StunUrls, url => Assert.Contains(("udp", IceUrl.Port(url)), listeners));
    }

    [Theory, EveryPlan, Policy]
    public void The_log_of_refused_traffic_is_written_by_a_role_that_may_do_nothing_else(Plan plan)
    {
        var log = plan.Network.FlowLog;
        var role = Assert.Single(plan.Roles, role => role.Name == log.Role);
        Assert.Equal("vpc-flow-logs.amazonaws.com", role.Service);
        // What the VPC user guide asks for, except the right to create log groups outside the stack.
        Assert.Equal(
            ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            role.Statements.SelectMany(statement => statement.Actions).Order());
        Assert.All(role.Statements.SelectMany(statement => statement.Targets), target =>
            Assert.True(target is Target.OwnLogGroups || target == new Target.LogStreams(log.LogGroup)));
    }

    [Theory, EveryPlan, Policy("CKV_AWS_66")]
    public void Logs_are_kept_for_a_stated_time(Plan plan)
    {
        var days = plan.Network.FlowLog.RetentionDays;
        Assert.Contains(days, SettingKey.RetentionDays);
        Assert.Contains($"MaxRetentionSec={days}day\n", plan.File(PlanFiles.Journal), StringComparison.Ordinal);
    }
}
