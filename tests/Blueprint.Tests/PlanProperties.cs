using System.Text;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;
using CsCheck;

namespace Causeway.Blueprint.Tests;

/// <summary>What holds for any valid settings, not only for those that somebody thought of.</summary>
public class PlanProperties
{
    private static void Holds(Action<Plan> property) => AnySettings.Plan.Sample(property, iter: 300);

    [Fact]
    public void Rules_listeners_and_iceServers_name_the_same_ports_in_both_families() => Holds(plan =>
    {
        var relay = SettingsReadBack.Relay(PlanTests.RelayFile(plan));
        var told = SettingsReadBack.Signalling(PlanTests.SignallingFile(plan)).Ice;

        foreach (var ipv6 in plan.Settings.DualStack ? new[] { false, true } : [false])
        {
            var open = plan.Rules.Where(rule => rule.Direction == Direction.Ingress && rule.IsIpv6 == ipv6 && rule.IcmpType is null)
                .Select(rule => (rule.IpProtocol, rule.Ports)).ToHashSet();
            var listened = relay.Listeners
                .Where(listener => listener.Address.Contains("IPV6", StringComparison.Ordinal) == ipv6)
                .Select(listener => (listener.Transport, listener.Port))
                .ToHashSet();
            Assert.Equal(told.TurnUrls.Select(IceUrl.Offer).ToHashSet(), listened);

            Assert.True(PortRange.TryParse(relay.Ports, out var relayed, out _));
            var needed = listened.Select(offer => (offer.Transport == "udp" ? "udp" : "tcp", PortRange.Of(offer.Port)))
                .Append(("udp", relayed))
                .Append(("tcp", PortRange.Of(plan.Settings.Ports.Web)))
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
    public void No_name_is_longer_than_AWS_takes() => Holds(plan =>
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
    public void The_same_settings_give_the_same_plan_byte_for_byte_in_whatever_order_they_stand() => AnySettings.Texts.Sample(given =>
    {
        var other = given.Texts.Reverse().ToDictionary();
        Assert.Equal(
            PlanJson.Of(Planner.Plan(StackSettingsReader.Read(given.Stack, given.Texts), Plans.Artifacts)),
            PlanJson.Of(Planner.Plan(StackSettingsReader.Read(given.Stack, other), Plans.Artifacts)));
    }, iter: 100);

    [Fact]
    public void A_plan_as_JSON_holds_all_of_it()
    {
        var plan = Plans.Of(("tags", """{"team":"calls"}"""));
        var json = PlanJson.Of(plan);
        // From every corner: a script, a secret, a statement's target, a listener, an alarm, a tag.
        foreach (var text in new[] { "sysctl -q --system", plan.TurnSecret.Reveal(), "_acme-challenge.call.example.org", "@RELAY_IPV6@",
            "StatusCheckFailed_System", "calls" })
            Assert.Contains(text, json, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_a_host_must_find_out_is_left_in_a_settings_file_of_the_other_family() => Holds(plan =>
    {
        var text = PlanTests.RelayFile(plan) + PlanTests.SignallingFile(plan);
        Assert.Equal(plan.Settings.DualStack, text.Contains("IPV6@", StringComparison.Ordinal));
    });

    [Fact]
    public void A_private_and_a_public_address_share_their_order_however_they_are_written() => Gen.Byte.Array[16].Array[2, 4]
        .Sample(bytes =>
    {
        var addresses = bytes.Select(one => new System.Net.IPAddress(one).ToString()).Distinct().ToList();
        if (addresses.Count < 2) return;
        var (relay, signalling) = (Ipv6Addresses.Of(Service.Relay, addresses), Ipv6Addresses.Of(Service.Signalling, addresses));
        addresses.Reverse();
        Assert.Equal(relay, Ipv6Addresses.Of(Service.Relay, addresses));
        Assert.Equal(signalling, Ipv6Addresses.Of(Service.Signalling, addresses));
        Assert.NotEqual(relay, signalling);
    });
}
