using System.Text.RegularExpressions;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Tests.Policies;

public partial class FirewallPolicies
{
    private static IEnumerable<FirewallRule> Ingress(string spread) =>
        Plans.Named(spread).Rules.Where(rule => rule.Direction == Direction.Ingress);

    private static void IsClosed(string spread, int port) => Assert.DoesNotContain(Ingress(spread), rule => rule.Ports.Contains(port));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_24")]
    public void SSH_is_closed(string spread) => IsClosed(spread, 22);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_25")]
    public void Remote_desktop_is_closed(string spread) => IsClosed(spread, 3389);

    /// <summary>Certificates are issued over DNS, so nothing needs port 80.</summary>
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_260")]
    public void Plain_HTTP_is_closed(string spread) => IsClosed(spread, 80);

    /// <summary>
    /// A group without such rules lets nothing out, so that a host fetches nothing; a rule for all protocols lets out too much.
    /// </summary>
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Only_UDP_and_TCP_leave_and_to_every_port_in_each_address_family_of_the_stack(string spread)
    {
        var plan = Plans.Named(spread);
        string[] families = plan.Settings.DualStack ? ["0.0.0.0/0", "::/0"] : ["0.0.0.0/0"];
        Assert.Equal(
            families.SelectMany(family => new[] { $"tcp 0-65535 {family}", $"udp 0-65535 {family}" }).Order(),
            plan.Rules.Where(rule => rule.Direction == Direction.Egress).Select(rule =>
                $"{rule.IpProtocol} {rule.Ports} {rule.Cidr}").Order());
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_277", "CKV_AWS_382")]
    public void Every_rule_names_one_protocol(string spread) =>
        Assert.All(Plans.Named(spread).Rules, rule =>
            Assert.Contains(rule.IpProtocol, new[] { "udp", "tcp", rule.IsIpv6 ? "icmpv6" : "icmp" }));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_23")]
    public void Every_rule_is_described(string spread) =>
        // EC2 takes 255 characters of these.
        Assert.All(Plans.Named(spread).Rules, rule => Assert.Matches(@"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{10,255}$", rule.Description));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void UDP_is_open_on_the_transports_and_the_relayed_range_alone(string spread)
    {
        var ports = Plans.Named(spread).Settings.Ports;
        var meant = ports.Transports.Where(offer => offer.Transport == Transport.Udp)
            .Select(offer => PortRange.Of(offer.Port)).Append(ports.Relayed).ToHashSet();
        Assert.Equal(meant, Ingress(spread).Where(rule => rule.IpProtocol == "udp").Select(rule => rule.Ports).ToHashSet());
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void TCP_is_open_for_the_page_and_the_transports_alone(string spread)
    {
        var ports = Plans.Named(spread).Settings.Ports;
        var meant = ports.Transports.Where(offer => offer.Transport != Transport.Udp)
            .Select(offer => offer.Port).Append(ports.Web).Select(PortRange.Of).ToHashSet();
        Assert.Equal(meant, Ingress(spread).Where(rule => rule.IpProtocol == "tcp").Select(rule => rule.Ports).ToHashSet());
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_relayed_range_of_the_rules_is_the_relays_own(string spread)
    {
        Assert.True(PortRange.TryParse(SettingsReadBack.Relay(PlanTests.RelayFile(Plans.Named(spread))).Ports, out var own, out _));
        Assert.Contains(Ingress(spread), rule => rule.IpProtocol == "udp" && rule.Ports == own);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_rule_has_a_twin_for_IPv6_exactly_when_the_stack_is_dual_stack(string spread)
    {
        var plan = Plans.Named(spread);
        // Both families have ICMP of their own; the rule about it is the next one.
        var ipv4 = plan.Rules.Where(rule => !rule.IsIpv6 && rule.IcmpType is null).Select(rule =>
            (rule.Direction, rule.IpProtocol, rule.Ports));
        var ipv6 = plan.Rules.Where(rule => rule.IsIpv6 && rule.IcmpType is null).Select(rule =>
            (rule.Direction, rule.IpProtocol, rule.Ports));
        Assert.Equal(plan.Settings.DualStack ? ipv4 : [], ipv6);
    }

    /// <summary>
    /// Without them a smaller path MTU is a black hole (RFC 1191, RFC 8201). Nothing else of ICMP comes in: neither echo requests nor
    /// redirects.
    /// </summary>
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Of_ICMP_only_errors_about_the_path_are_let_in_in_each_address_family(string spread)
    {
        string[] ipv4 = ["icmp type 3 code -1 0.0.0.0/0", "icmp type 11 code -1 0.0.0.0/0"];
        string[] ipv6 = ["icmpv6 type 1 code -1 ::/0", "icmpv6 type 2 code -1 ::/0", "icmpv6 type 3 code -1 ::/0"];
        Assert.Equal(
            Plans.Named(spread).Settings.DualStack ? [.. ipv4, .. ipv6] : ipv4,
            Ingress(spread).Where(rule => rule.IpProtocol.StartsWith("icmp", StringComparison.Ordinal)).Select(rule =>
                $"{rule.IpProtocol} type {rule.FromPort} code {rule.ToPort} {rule.Cidr}"));
    }

    /// <summary>
    /// What the security group admits reaches the services, and what IPv6 cannot do without (neighbour discovery) reaches the kernel.
    /// </summary>
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_hosts_own_table_drops_nothing_that_comes_in(string spread)
    {
        var table = PlanTests.File(Plans.Named(spread), HostPaths.Firewall);
        Assert.Equal(["output"], HookName().Matches(table).Select(match => match.Groups["hook"].Value));
        Assert.DoesNotContain("policy drop", table, StringComparison.Ordinal);
        // Each drop names the users and the metadata address that it is about.
        Assert.All(table.Split('\n').Where(line => line.Contains("drop", StringComparison.Ordinal)), line =>
            Assert.Matches(@"^\s*meta skuid \{ [^}]+ \} ip6? daddr (169\.254\.169\.254|fd00:ec2::254) counter drop$", line));
    }

    [GeneratedRegex(@"\bhook (?<hook>[a-z]+)")]
    private static partial Regex HookName();

    /// <summary>AWS refuses the second of two equal rules, and with it the update.</summary>
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void No_two_rules_are_equal(string spread)
    {
        var rules = Plans.Named(spread).Rules;
        Assert.Equal(
            rules.Count, rules.DistinctBy(rule => (rule.Direction, rule.IpProtocol, rule.FromPort, rule.ToPort, rule.Cidr)).Count());
        Assert.Equal(rules.Count, rules.DistinctBy(rule => rule.Name).Count());
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_listener_of_the_relay_is_open(string spread)
    {
        var relay = SettingsReadBack.Relay(PlanTests.RelayFile(Plans.Named(spread)));
        Assert.NotEmpty(relay.Listeners);
        Assert.All(relay.Listeners, listener => Assert.Contains(Ingress(spread), rule =>
            rule.IpProtocol == (listener.Transport == "udp" ? "udp" : "tcp")
            && rule.Ports == PortRange.Of(listener.Port)
            && rule.IsIpv6 == listener.Address.Contains("IPV6", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_URL_for_browsers_leads_to_a_listener(string spread)
    {
        var plan = Plans.Named(spread);
        var relay = SettingsReadBack.Relay(PlanTests.RelayFile(plan));
        var told = SettingsReadBack.Signalling(PlanTests.SignallingFile(plan)).Ice;

        var listeners = relay.Listeners.Select(listener => (listener.Transport, listener.Port)).ToHashSet();
        Assert.Equal(listeners, told.TurnUrls.Select(IceUrl.Offer).ToHashSet());
        Assert.All(told.StunUrls, url => Assert.Contains(("udp", IceUrl.Port(url)), listeners));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_log_of_refused_traffic_is_written_by_a_role_that_may_do_nothing_else(string spread)
    {
        var plan = Plans.Named(spread);
        var role = Assert.Single(plan.Roles, role =>
            role.Name == plan.Network.FlowLog.Role && role.Service == "vpc-flow-logs.amazonaws.com");
        // What the VPC user guide asks for, without the right to make log groups behind the stack.
        Assert.Equal(
            ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            role.Statements.SelectMany(statement => statement.Actions).Order());
        Assert.All(role.Statements.SelectMany(statement => statement.Targets), target =>
            Assert.True(target is Target.OwnLogGroups || target == new Target.LogStreams(plan.Network.FlowLog.LogGroup)));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_66")]
    public void Logs_are_kept_for_a_stated_time(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Contains(plan.Network.FlowLog.RetentionDays, Blueprint.Settings.SettingKey.RetentionDays);
        Assert.Contains(
            $"MaxRetentionSec={plan.Network.FlowLog.RetentionDays}day\n",
            PlanTests.File(plan, "/etc/systemd/journald.conf.d/causeway.conf"),
            StringComparison.Ordinal);
    }
}
