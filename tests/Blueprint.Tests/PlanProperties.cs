using System.Net;
using System.Text;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;
using CsCheck;

namespace Causeway.Blueprint.Tests;

/// <summary>What holds for any valid settings.</summary>
public class PlanProperties
{
    private static void Holds(Action<Plan> property) => AnySettings.Plan.Sample(property, iter: 300);

    [Fact]
    public void Rules_listeners_and_iceServers_have_the_same_ports_in_both_families() => Holds(plan =>
    {
        var relay = SettingsReadBack.Relay(plan);
        var offered = SettingsReadBack.Signalling(plan).Ice.TurnUrls.Select(IceUrl.Offer).ToHashSet();
        Assert.True(PortRange.TryParse(relay.Ports, out var relayed, out _));

        foreach (var ipv6 in plan.Settings.DualStack ? new[] { false, true } : [false])
        {
            var listeners = relay.Listeners
                .Where(listener => listener.Address.Contains("IPV6", StringComparison.Ordinal) == ipv6)
                .Select(listener => (listener.Transport, listener.Port))
                .ToHashSet();
            Assert.Equal(offered, listeners);

            HashSet<(string, PortRange)> needed =
            [
                .. listeners.Select(listener => (listener.Transport == "udp" ? "udp" : "tcp", PortRange.Of(listener.Port))),
                ("udp", relayed),
                ("tcp", PortRange.Of(plan.Settings.Ports.Web)),
            ];
            var open = plan.Rules
                .Where(rule => rule.Direction == Direction.Ingress && rule.IsIpv6 == ipv6 && rule.IcmpType is null)
                .Select(rule => (rule.IpProtocol, rule.Ports))
                .ToHashSet();
            Assert.Equal(needed, open);
        }
        Assert.Equal(plan.Settings.DualStack, plan.Rules.Any(rule => rule.IsIpv6));
    });

    [Fact]
    public void Names_and_iceServers_agree_in_both_families() => Holds(plan =>
    {
        var hosts = plan.Services.Ice.TurnUrls.Concat(plan.Services.Ice.StunUrls).Select(IceUrl.Host).Distinct().ToList();
        var relays = plan.Names.Where(record => record.Service == Service.Relay).ToList();
        if (plan.Settings.Domain is null)
        {
            Assert.Equal([HostVariables.RelayPublicIpv4], hosts);
            Assert.Empty(plan.Names);
            Assert.DoesNotContain(plan.Services.Ice.TurnUrls, url => url.StartsWith("turns:", StringComparison.Ordinal));
        }
        else
        {
            Assert.Equal(hosts, relays.Select(record => record.Name).Distinct());
            Assert.Equal(plan.Settings.DualStack ? ["A", "AAAA"] : ["A"], relays.Select(record => record.Type));
        }
    });

    [Fact]
    public void User_data_stays_under_16_KB() => Holds(plan =>
        Assert.InRange(Encoding.UTF8.GetByteCount(plan.Hosts[0].CloudInit.Render()), 1, CloudInit.MaxBytes - 1));

    [Fact]
    public void No_name_is_longer_than_AWS_allows() => Holds(plan =>
    {
        void Fits(string name, int most, string form) => Assert.Matches($"^{form}{{1,{most}}}$", name);
        Assert.All(plan.Roles, role => Fits(role.Name, 64, "[A-Za-z0-9+=,.@_-]"));
        Assert.All(plan.Buckets, bucket => Fits(bucket.Name, 63, "[a-z0-9.-]"));
        Assert.All(plan.Secrets, secret => Fits(secret.Name, 512, "[A-Za-z0-9/_+=.@-]"));
        Assert.All(plan.Watch.Alarms, alarm => Fits(alarm.Name, 255, "[a-z0-9-]"));
        Assert.All(plan.Watch.Topics, topic => Fits(topic.Name, 256, "[A-Za-z0-9_-]"));
        Fits($"{plan.Network.Name}-hosts", 255, "[a-z0-9-]");
        Fits(plan.Network.FlowLog.LogGroup, 512, "[A-Za-z0-9/_.#-]");
    });

    [Fact]
    public void The_same_settings_in_any_order_give_the_same_plan() => AnySettings.Texts.Sample(given =>
    {
        string Planned(Dictionary<string, string> texts) =>
            PlanJson.Of(Planner.Plan(StackSettingsReader.Read(given.Stack, texts), Plans.Artifacts));
        Assert.Equal(Planned(given.Texts), Planned(given.Texts.Reverse().ToDictionary()));
    }, iter: 100);

    [Fact]
    public void The_JSON_of_a_plan_is_complete()
    {
        var plan = Plans.Of(("tags", """{"team":"calls"}"""));
        var json = PlanJson.Of(plan);
        // A script, a secret, a statement's target, a listener, an alarm and a tag.
        string[] samples =
        [
            "sysctl -q --system", plan.TurnSecret.Reveal(), "_acme-challenge.call.example.org", "@RELAY_IPV6@", "StatusCheckFailed_System",
            "calls",
        ];
        Assert.All(samples, text => Assert.Contains(text, json, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_files_have_placeholders_for_IPv6_only_if_the_stack_is_dual_stack() => Holds(plan =>
    {
        var text = plan.File(PlanFiles.Relay) + plan.File(PlanFiles.Signalling);
        Assert.Equal(plan.Settings.DualStack, text.Contains("IPV6@", StringComparison.Ordinal));
    });

    [Fact]
    public void Each_service_gets_the_same_IPv6_address_in_whatever_order_AWS_lists_them() =>
        Gen.Byte.Array[16].Array[2, 4].Sample(bytes =>
        {
            var addresses = bytes.Select(address => new IPAddress(address).ToString()).Distinct().ToList();
            if (addresses.Count < 2) return;
            var (relay, signalling) = (Ipv6Addresses.Of(Service.Relay, addresses), Ipv6Addresses.Of(Service.Signalling, addresses));
            addresses.Reverse();
            Assert.Equal(relay, Ipv6Addresses.Of(Service.Relay, addresses));
            Assert.Equal(signalling, Ipv6Addresses.Of(Service.Signalling, addresses));
            Assert.NotEqual(relay, signalling);
        });
}
