using System.Text;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Settings;
using CsCheck;

namespace Causeway.Blueprint.Tests;

/// <summary>What holds for any valid settings, not only for those that somebody thought of.</summary>
public class PlanProperties
{
    private static readonly Gen<string> Label = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[1, 20].Select(letters => "n" + new string(letters));

    private static readonly Gen<string> Domain = Gen.Select(Label, Label, (host, zone) => $"{host}.{zone}.example.org");

    private static readonly Gen<string> Range = Gen.Int[10_000, 50_000].SelectMany(first => Gen.Int[first + 99, 65_535].Select(last => $"{first}-{last}"));

    private static Gen<T> Among<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static readonly Gen<StackSettings> Settings = Gen.Select(
        Gen.OneOf(Domain, Gen.Const("")),
        Range,
        Gen.Select(Gen.Int[1, 9_999], Gen.Int[1, 9_999]).Where((turn, turns) => turn != turns),
        Among("udp", "udp,tcp", "udp,tls", "tls,tcp,udp"),
        Gen.Bool,
        Among(("x64", "t3.small"), ("x64", "m7i.large"), ("arm64", "t4g.small"), ("arm64", "c8g.large")),
        Gen.Bool,
        Gen.Byte.Array[32, 48],
        (domain, range, ports, transports, dual, machine, production, root) => StackSettingsReader.Read("prop", Plans.Texts(
            ("domain", domain), ("hostedZone", ""), ("relayPorts", range), ("turnPort", $"{ports.Item1}"), ("turnsPort", $"{ports.Item2}"),
            ("transports", domain.Length == 0 ? transports.Replace("udp,tls", "udp").Replace("tls,", "") : transports),
            ("dualStack", dual ? "true" : "false"), ("architecture", machine.Item1), ("instanceType", machine.Item2),
            ("stage", production ? "production" : "demo"), ("expires", production ? "" : "2026-12-31"), ("rootSecret", Convert.ToBase64String(root)))));

    private static void Holds(Action<Plan> property) => Settings.Sample(settings => property(Planner.Plan(settings, Plans.Artifacts)), iter: 300);

    [Fact]
    public void Rules_listeners_and_iceServers_name_the_same_ports_in_both_families() => Holds(plan =>
    {
        var relay = SettingsReadBack.Relay(PlanTests.RelayFile(plan));
        var told = SettingsReadBack.Signalling(PlanTests.SignallingFile(plan)).Ice;

        foreach (var ipv6 in plan.Settings.DualStack ? new[] { false, true } : [false])
        {
            var open = plan.Rules.Where(rule => rule.Direction == Direction.Ingress && rule.IsIpv6 == ipv6).Select(rule => (rule.IpProtocol, rule.Ports)).ToHashSet();
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
    public void The_same_settings_give_the_same_plan_byte_for_byte() => Settings.Sample(settings =>
    {
        var (one, other) = (Planner.Plan(settings, Plans.Artifacts), Planner.Plan(settings, Plans.Artifacts));
        Assert.Equal(one.Generation, other.Generation);
        Assert.Equal(one.Hosts[0].CloudInit.Render(), other.Hosts[0].CloudInit.Render());
        Assert.Equal(one.Buckets[0].Artifacts[2].Content, other.Buckets[0].Artifacts[2].Content);
        Assert.Equal(one.Secrets.Select(secret => secret.Value?.Reveal()), other.Secrets.Select(secret => secret.Value?.Reveal()));
        Assert.Equal(one.ToString(), other.ToString());
    }, iter: 100);

    [Fact]
    public void Nothing_that_a_host_must_find_out_is_left_in_a_settings_file_of_the_other_family() => Holds(plan =>
    {
        var text = PlanTests.RelayFile(plan) + PlanTests.SignallingFile(plan);
        Assert.Equal(plan.Settings.DualStack, text.Contains("IPV6@", StringComparison.Ordinal));
    });

    [Fact]
    public void A_private_and_a_public_address_share_their_order_however_they_are_written() => Gen.Byte.Array[16].Array[2, 4].Sample(bytes =>
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
