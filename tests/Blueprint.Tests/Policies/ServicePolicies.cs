using System.Net;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Tests.Policies;

public class ServicePolicies
{
    private static RelayOptions Relay(Plan plan) => SettingsReadBack.Relay(plan);

    private static SignallingOptions Signalling(Plan plan) => SettingsReadBack.Signalling(plan);

    [Theory, EveryPlan, Policy]
    public void The_relay_denies_peers_in_its_own_network(Plan plan)
    {
        Assert.Contains(plan.Network.Prefix.ToString(), Relay(plan).DenyPeers);
        Assert.Equal(plan.Settings.DualStack, Relay(plan).DenyPeers.Contains(HostVariables.VpcIpv6));
    }

    [Theory, EveryPlan, Policy]
    public void The_relay_has_no_exception_from_its_deny_table(Plan plan) => Assert.Empty(Relay(plan).AllowPeers);

    [Theory, EveryPlan, Policy]
    public void The_relays_admin_interface_is_on_loopback(Plan plan) =>
        Assert.True(IPAddress.IsLoopback(IPEndPoint.Parse(Relay(plan).Admin!).Address));

    [Theory, EveryPlan, Policy]
    public void Settings_files_hold_no_secret_but_name_the_file_that_does(Plan plan)
    {
        Assert.Empty(Relay(plan).Secrets);
        Assert.Empty(Signalling(plan).Ice.Secrets);
        Assert.Equal("/etc/causeway/relay/turn-secrets", Relay(plan).SecretsFile);
        Assert.Equal("/etc/causeway/signalling/turn-secrets", Signalling(plan).Ice.SecretsFile);
    }

    [Theory, EveryPlan, Policy]
    public void Relays_send_heartbeats_over_loopback_only(Plan plan)
    {
        var (sender, receiver) = (Relay(plan).Heartbeat, Signalling(plan).Relays);
        Assert.Equal(receiver.HeartbeatListen, Assert.Single(sender.Urls));
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(new Uri(receiver.HeartbeatListen!).Host)));
        Assert.False(receiver.PublicHeartbeats);
        Assert.Equal("/etc/causeway/relay/heartbeat-keys", sender.KeysFile);
        Assert.Equal("/etc/causeway/signalling/heartbeat-keys", receiver.HeartbeatKeysFile);
    }

    [Theory, EveryPlan, Policy]
    public void Relays_and_signalling_have_the_same_URLs(Plan plan)
    {
        var (heartbeat, ice) = (Relay(plan).Heartbeat, Signalling(plan).Ice);
        Assert.Equal(ice.TurnUrls, heartbeat.TurnUrls);
        Assert.Equal(ice.StunUrls, heartbeat.StunUrls);
    }

    [Theory, EveryPlan, Policy]
    public void A_member_of_a_full_room_may_be_relayed_to_all_others_while_credentials_are_renewed(Plan plan) =>
        Assert.Equal((Signalling(plan).Limits.RoomMembers - 1) * 6 * 2, Relay(plan).Quotas.AllocationsPerSubject);

    [Theory, EveryPlan, Policy]
    public void Only_the_gate_admits_relays_unless_it_is_off(Plan plan)
    {
        var relays = Signalling(plan).Relays;
        Assert.Equal(plan.Settings.Gate ? "/etc/causeway/signalling/admission-keys" : null, relays.AdmissionKeysFile);
        Assert.Equal(!plan.Settings.Gate, relays.AdmitAtOnce);
        Assert.Equal([plan.Generation, plan.Generation], [relays.Generation, Relay(plan).Heartbeat.Generation]);
    }

    [Theory, EveryPlan, Policy]
    public void Each_service_gets_only_the_keys_that_it_needs(Plan plan)
    {
        var services = plan.Secrets.Where(secret => secret.File is not null)
            .ToDictionary(secret => secret.Name.Split('/')[^1], secret => secret.File!.Services);
        Assert.Equal(["admission", "heartbeat", "turn"], services.Keys.Order());
        Assert.All(services, secret => Assert.Equal(secret.Key == "admission" ? ["signalling"] : ["relay", "signalling"], secret.Value));
        // No key is in two secrets.
        Assert.Distinct(plan.Secrets.SelectMany(secret =>
            secret.Value?.Reveal().Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? []));
    }

    [Theory, EveryPlan, Policy]
    public void The_page_is_served_only_over_HTTPS(Plan plan) =>
        Assert.All(Signalling(plan).Listen, url => Assert.StartsWith("https://", url, StringComparison.Ordinal));

    [Theory, EveryPlan, Policy]
    public void Pages_of_other_origins_cannot_open_the_WebSocket(Plan plan) =>
        // Empty allows only the page's own host.
        Assert.Equal(plan.Settings.Domain is { } domain ? [$"https://{domain}"] : [], Signalling(plan).Origins);

    [Theory, EveryPlan, Policy]
    public void The_relay_runs_as_a_service_of_its_own(Plan plan) => Assert.False(Signalling(plan).EmbeddedRelay);

    [Theory, EveryPlan, Policy]
    public void TURN_over_TLS_is_offered_only_with_a_certificate_that_browsers_trust(Plan plan)
    {
        if (plan.Certificate.Challenge != "self-signed") return;
        Assert.DoesNotContain(Signalling(plan).Ice.TurnUrls, url => url.StartsWith("turns:", StringComparison.Ordinal));
    }

    [Theory, EveryPlan, Policy]
    public void The_certificate_has_every_name_of_the_stack(Plan plan) => Assert.All(plan.Names, record =>
    {
        // A wildcard matches one label (RFC 9525 §6.3).
        var wildcard = "*." + record.Name.Split('.', 2)[1];
        Assert.Contains(plan.Certificate.Names, name => name == record.Name || name == wildcard);
    });

    [Theory, EveryPlan, Policy]
    public void Every_name_in_a_URL_for_browsers_is_in_DNS(Plan plan)
    {
        string[] types = plan.Settings.DualStack ? ["A", "AAAA"] : ["A"];
        var ice = Signalling(plan).Ice;
        Assert.Equal(
            [plan.RelayName ?? HostVariables.RelayPublicIpv4],
            ice.TurnUrls.Concat(ice.StunUrls).Select(IceUrl.Host).Distinct());
        if (plan.RelayName is { } relay) Assert.Equal(types, Types(relay, Service.Relay));
        if (plan.Settings.Domain is { } domain) Assert.Equal(types, Types(domain, Service.Signalling));
        else Assert.Empty(plan.Names);

        IEnumerable<string> Types(string name, Service service) =>
            plan.Names.Where(record => record.Name == name && record.Service == service).Select(record => record.Type);
    }

    [Theory, EveryPlan, Policy]
    public void Each_service_listens_on_an_address_of_its_own(Plan plan)
    {
        var relay = Relay(plan).Listeners.Select(listener => listener.Address).ToHashSet();
        var page = Signalling(plan).Listen;
        Assert.All(relay, address => Assert.DoesNotContain(page, url => url.Contains(address, StringComparison.Ordinal)));
    }

    [Theory, EveryPlan, Policy]
    public void An_output_credential_ends_when_the_next_rotation_is_due(Plan plan)
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(plan.IceServersExpiry);
        Assert.Equal(plan.Settings.Rotation.Current.AddDays(90), DateOnly.FromDateTime(end.UtcDateTime));
    }
}
