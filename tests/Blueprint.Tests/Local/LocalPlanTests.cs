using System.Text.Json;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Turn.Protocol;

namespace Causeway.Blueprint.Tests.Local;

public class LocalPlanTests
{
    private static readonly byte[] Root = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    private static LocalSettings LanSettings => new()
    {
        Address = "192.168.1.20",
        Lan = true,
        CertificateFile = "/var/lib/causeway/chain.pem",
        CertificateKeyFile = "/var/lib/causeway/key.pem",
    };

    [Fact]
    public void By_default_the_page_is_on_loopback_over_http()
    {
        var plan = LocalPlan.Create(new(), Root);

        Assert.Equal("http://127.0.0.1:8080/", plan.Address.ToString());
        Assert.Equal("http://127.0.0.1:8080/r/tea", plan.RoomLink("tea").ToString());
        Assert.Equal(["stun:127.0.0.1:3478"], plan.Ice.StunUrls);
        Assert.Equal("turn:127.0.0.1:3478?transport=udp", plan.Ice.TurnUrls[0]);
    }

    [Fact]
    public void The_local_network_is_served_over_https_with_the_given_certificate()
    {
        var plan = LocalPlan.Create(LanSettings, Root);
        var signalling = SettingsReadBack.Signalling(plan.SettingsJson);

        Assert.Equal("https://192.168.1.20:8443/", plan.Address.ToString());
        Assert.Equal(["https://192.168.1.20:8443"], signalling.Listen);
        Assert.Equal("/var/lib/causeway/chain.pem", signalling.CertificateFile);
        Assert.Equal("/var/lib/causeway/key.pem", signalling.CertificateKeyFile);
    }

    [Fact]
    public void The_settings_file_gives_the_relay_what_the_plan_says()
    {
        var plan = LocalPlan.Create(new() { RelayPort = 4000, RelayPorts = "50000-50999", AdminPort = 9478 }, Root);
        var relay = SettingsReadBack.Relay(plan.SettingsJson);

        var listener = Assert.Single(relay.Listeners);
        Assert.Equal(("udp", "127.0.0.1", 4000), (listener.Transport, listener.Address, listener.Port));
        Assert.Equal("50000-50999", relay.Ports);
        Assert.Equal("127.0.0.1", Assert.Single(relay.Addresses).Address);
        Assert.Equal("127.0.0.1:9478", relay.Admin);
        Assert.Equal(plan.Relay.AllowPeers, relay.AllowPeers);
        Assert.Equal(plan.Relay.CredentialGrace, relay.CredentialGrace);
        Assert.Equal(TimeSpan.Zero, relay.DrainDeadline);
    }

    [Fact]
    public void The_settings_file_gives_signalling_what_the_plan_says()
    {
        var plan = LocalPlan.Create(new() { Port = 9000 }, Root);
        var signalling = SettingsReadBack.Signalling(plan.SettingsJson);

        Assert.True(signalling.EmbeddedRelay);
        Assert.Equal(["http://127.0.0.1:9000"], signalling.Listen);
        Assert.Equal(plan.Ice.StunUrls, signalling.Ice.StunUrls);
        Assert.Equal(plan.Ice.TurnUrls, signalling.Ice.TurnUrls);
        Assert.Equal(plan.Signalling.Limits.PingInterval, signalling.Limits.PingInterval);
    }

    [Fact]
    public void A_member_of_a_full_room_may_be_relayed_to_all_others_while_credentials_are_renewed()
    {
        var settings = LocalPlan.Create(new(), Root).SettingsJson;
        var members = SettingsReadBack.Signalling(settings).Limits.RoomMembers;
        Assert.Equal((members - 1) * 6 * 2, SettingsReadBack.Relay(settings).Quotas.AllocationsPerSubject);
    }

    [Fact]
    public void Signalling_signs_with_the_secret_that_the_relay_checks()
    {
        var plan = LocalPlan.Create(new(), Root);

        Assert.Equal(SettingsReadBack.Relay(plan.SettingsJson).Secrets, SettingsReadBack.Signalling(plan.SettingsJson).Ice.Secrets);
        Assert.Single(plan.Relay.Secrets);
    }

    [Fact]
    public void The_printed_ice_servers_carry_a_credential_that_the_relay_accepts()
    {
        var plan = LocalPlan.Create(new(), Root);
        var servers = JsonDocument.Parse(IcePlan.ToJson(plan.IceServers(expiry: 2_000_000_000))).RootElement;

        Assert.Equal("stun:127.0.0.1:3478", servers[0].GetProperty("urls")[0].GetString());
        Assert.False(servers[0].TryGetProperty("credential", out _));
        var credential = Credentials.Mint(plan.Relay.Secrets[0], "local", 2_000_000_000);
        Assert.Equal(credential.Password, servers[1].GetProperty("credential").GetString());
        Assert.Equal("2000000000:local", servers[1].GetProperty("username").GetString());
    }

    [Fact]
    public void An_IPv6_address_is_in_brackets_in_every_URL()
    {
        var plan = LocalPlan.Create(new() { Address = "::1" }, Root);

        Assert.Equal("http://[::1]:8080/", plan.Address.ToString());
        Assert.Equal(["http://[::1]:8080"], plan.Signalling.Listen);
        Assert.Equal(["stun:[::1]:3478"], plan.Ice.StunUrls);
        Assert.Equal("::1", plan.Relay.Listeners[0].Address);
    }

    [Fact]
    public void Every_chosen_transport_has_a_listener_and_a_URL()
    {
        var plan = LocalPlan.Create(new() { Transports = [Transport.Tcp, Transport.Udp, Transport.Tcp] }, Root);

        Assert.Equal(["udp", "tcp"], plan.Relay.Listeners.Select(listener => listener.Transport));
        Assert.Equal(["turn:127.0.0.1:3478?transport=udp", "turn:127.0.0.1:3478?transport=tcp"], plan.Ice.TurnUrls);
    }

    [Fact]
    public void Peers_on_this_machine_are_allowed_only_on_loopback()
    {
        Assert.Contains("127.0.0.0/8", LocalPlan.Create(new(), Root).Relay.AllowPeers);
        Assert.DoesNotContain("127.0.0.0/8", LocalPlan.Create(LanSettings, Root).Relay.AllowPeers);
        Assert.Contains("192.168.0.0/16", LocalPlan.Create(LanSettings, Root).Relay.AllowPeers);
    }

    [Fact]
    public void The_same_settings_give_the_same_file() =>
        Assert.Equal(LocalPlan.Create(LanSettings, Root).SettingsJson, LocalPlan.Create(LanSettings, Root).SettingsJson);

    private static IReadOnlyList<Mistake> Mistakes(LocalSettings settings) =>
        Assert.Throws<SettingsException>(() => LocalPlan.Create(settings, Root)).Mistakes;

    [Fact]
    public void Every_mistake_is_reported_together()
    {
        var wrong = new LocalSettings { Address = "here", Lan = true, Port = 0, RelayPorts = "49152-49151", Transports = [] };
        var mistakes = Mistakes(wrong);

        Assert.Equal(
            ["address", "port", "relayPorts", "transports", "certificateFile", "certificateKeyFile"],
            mistakes.Select(mistake => mistake.Key));
        Assert.Contains(
            "relayPorts: 49152-49151 is empty; the last port must not be below the first",
            mistakes.Select(mistake => mistake.ToString()));
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("fe80::1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.168.1.20", false)]
    public void An_address_that_browsers_cannot_use_is_refused(string address, bool lan) =>
        Assert.Equal("address", Assert.Single(Mistakes(LanSettings with { Address = address, Lan = lan })).Key);

    [Fact]
    public void A_relay_port_inside_the_relayed_range_is_refused()
    {
        var mistake = Assert.Single(Mistakes(new() { RelayPort = 50000 }));
        Assert.Equal("relayPorts: 49152-65535 contains the relay's own port 50000; choose another range", mistake.ToString());
    }

    [Theory]
    [InlineData(false, LocalSettings.DefaultPort, 9478, "relayPort: 8080 is also the page's port; choose another")]
    [InlineData(true, LocalSettings.DefaultLanPort, 9478, "relayPort: 8443 is also the page's port; choose another")]
    [InlineData(false, 3478, LocalSettings.DefaultPort, "adminPort: 8080 is also the page's port; choose another")]
    [InlineData(false, 3478, 3478, "adminPort: 3478 is also the relay's port; choose another")]
    public void Two_TCP_listeners_on_one_port_are_refused(bool lan, int relayPort, int adminPort, string mistake)
    {
        var settings = (lan ? LanSettings : new()) with { RelayPort = relayPort, AdminPort = adminPort, Transports = [Transport.Tcp] };
        Assert.Equal(mistake, Assert.Single(Mistakes(settings)).ToString());
    }

    [Fact]
    public void The_admin_interface_is_on_loopback_and_may_share_a_port_with_a_page_elsewhere() => Assert.Equal(
        $"127.0.0.1:{LocalSettings.DefaultLanPort}",
        LocalPlan.Create(LanSettings with { AdminPort = LocalSettings.DefaultLanPort }, Root).Relay.Admin);

    [Fact]
    public void A_relay_over_UDP_alone_may_share_a_number_with_the_page() =>
        Assert.Equal(8080, LocalPlan.Create(new() { RelayPort = 8080 }, Root).Ports.Web);
}
