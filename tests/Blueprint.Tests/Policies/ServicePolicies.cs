using System.Net;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Tests.Policies;

public class ServicePolicies
{
    private static RelayOptions Relay(string spread) => SettingsReadBack.Relay(PlanTests.RelayFile(Plans.Named(spread)));

    private static SignallingOptions Signalling(string spread) =>
        SettingsReadBack.Signalling(PlanTests.SignallingFile(Plans.Named(spread)));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_relay_denies_peers_in_its_own_network(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Contains(plan.Network.Prefix.ToString(), Relay(spread).DenyPeers);
        Assert.Equal(plan.Settings.DualStack, Relay(spread).DenyPeers.Contains(HostVariables.VpcIpv6));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_relay_has_no_exception_from_its_deny_table(string spread) => Assert.Empty(Relay(spread).AllowPeers);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_relays_admin_interface_is_on_loopback(string spread) =>
        Assert.True(IPAddress.IsLoopback(IPEndPoint.Parse(Relay(spread).Admin!).Address));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Settings_files_hold_no_secret_but_name_the_file_that_does(string spread)
    {
        Assert.Empty(Relay(spread).Secrets);
        Assert.Empty(Signalling(spread).Ice.Secrets);
        Assert.Equal("/etc/causeway/relay/turn-secrets", Relay(spread).SecretsFile);
        Assert.Equal("/etc/causeway/signalling/turn-secrets", Signalling(spread).Ice.SecretsFile);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Relays_send_heartbeats_over_loopback_only(string spread)
    {
        var (told, taken) = (Relay(spread).Heartbeat, Signalling(spread).Relays);
        Assert.Equal(taken.HeartbeatListen, Assert.Single(told.Urls));
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(new Uri(taken.HeartbeatListen!).Host)));
        Assert.False(taken.PublicHeartbeats);
        Assert.Equal("/etc/causeway/relay/heartbeat-keys", told.KeysFile);
        Assert.Equal("/etc/causeway/signalling/heartbeat-keys", taken.HeartbeatKeysFile);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Relays_and_signalling_have_the_same_URLs(string spread)
    {
        var (told, ice) = (Relay(spread).Heartbeat, Signalling(spread).Ice);
        Assert.Equal(ice.TurnUrls, told.TurnUrls);
        Assert.Equal(ice.StunUrls, told.StunUrls);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void A_member_of_a_full_room_may_be_relayed_to_all_others_while_credentials_are_renewed(string spread) =>
        Assert.Equal((Signalling(spread).Limits.RoomMembers - 1) * 6 * 2, Relay(spread).Quotas.AllocationsPerSubject);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Only_the_gate_admits_relays_unless_it_is_off(string spread)
    {
        var plan = Plans.Named(spread);
        var taken = Signalling(spread).Relays;
        Assert.Equal(plan.Settings.Gate ? "/etc/causeway/signalling/admission-keys" : null, taken.AdmissionKeysFile);
        Assert.Equal(!plan.Settings.Gate, taken.AdmitAtOnce);
        Assert.Equal([plan.Generation, plan.Generation], [taken.Generation, Relay(spread).Heartbeat.Generation]);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Each_service_gets_only_the_keys_that_it_needs(string spread)
    {
        var plan = Plans.Named(spread);
        var given = plan.Secrets.Where(secret => secret.File is not null).ToDictionary(secret => secret.Name.Split('/')[^1], secret =>
            secret.File!.Services);
        Assert.Equal(["admission", "heartbeat", "turn"], given.Keys.Order());
        Assert.All(given, secret => Assert.Equal(secret.Key == "admission" ? ["signalling"] : ["relay", "signalling"], secret.Value));
        // Keys of their own: who has one has no other.
        Assert.Distinct(
            plan.Secrets.Where(secret => secret.Value is not null).SelectMany(secret =>
                secret.Value!.Reveal().Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_page_is_served_over_HTTPS_alone(string spread) =>
        Assert.All(Signalling(spread).Listen, url => Assert.StartsWith("https://", url, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Pages_of_other_origins_cannot_open_the_WebSocket(string spread)
    {
        var plan = Plans.Named(spread);
        // Empty means: only the page's own host.
        Assert.Equal(plan.Settings.Domain is { } domain ? [$"https://{domain}"] : [], Signalling(spread).Origins);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_relay_runs_as_a_service_of_its_own(string spread) => Assert.False(Signalling(spread).EmbeddedRelay);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void TURN_over_TLS_is_offered_only_with_a_certificate_that_browsers_trust(string spread)
    {
        var plan = Plans.Named(spread);
        if (plan.Certificate.Challenge == "self-signed")
            Assert.DoesNotContain(Signalling(spread).Ice.TurnUrls, url => url.StartsWith("turns:", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_certificate_holds_every_name_of_the_stack(string spread)
    {
        var plan = Plans.Named(spread);
        // A wildcard stands for one label (RFC 9525 §6.3).
        Assert.All(plan.Names, record =>
            Assert.True(
                plan.Certificate.Names.Contains(record.Name) || plan.Certificate.Names.Contains("*." + record.Name.Split('.', 2)[1]),
                record.Name));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_name_in_a_URL_for_browsers_is_in_DNS(string spread)
    {
        var plan = Plans.Named(spread);
        string[] types = plan.Settings.DualStack ? ["A", "AAAA"] : ["A"];
        var told = Signalling(spread).Ice;
        foreach (var host in told.TurnUrls.Concat(told.StunUrls).Select(IceUrl.Host).Distinct())
        {
            Assert.Equal(plan.RelayName ?? HostVariables.RelayPublicIpv4, host);
            if (plan.RelayName is not null)
                Assert.Equal(
                    types,
                    plan.Names.Where(record => record.Name == host && record.Service == Service.Relay).Select(record => record.Type));
        }
        if (plan.Settings.Domain is { } domain)
            Assert.Equal(
                types,
                plan.Names.Where(record => record.Name == domain && record.Service == Service.Signalling).Select(record => record.Type));
        else
            Assert.Empty(plan.Names);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Each_service_listens_on_an_address_of_its_own(string spread)
    {
        var relay = Relay(spread).Listeners.Select(listener => listener.Address).ToHashSet();
        var page = Signalling(spread).Listen;
        Assert.All(relay, address => Assert.DoesNotContain(page, url => url.Contains(address, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void An_output_credential_ends_when_the_next_rotation_is_due(string spread)
    {
        var plan = Plans.Named(spread);
        var ends = DateTimeOffset.FromUnixTimeSeconds(plan.IceServersExpiry);
        Assert.Equal(plan.Settings.Rotation.Current.AddDays(90), DateOnly.FromDateTime(ends.UtcDateTime));
    }
}
