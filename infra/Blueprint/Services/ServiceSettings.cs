using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Services;

/// <summary>The settings of the services on a host. Their addresses are <see cref="HostVariables"/>.</summary>
public sealed record ServiceSettings(RelayOptions Relay, SignallingOptions Signalling, IcePlan Ice)
{
    // Both are on loopback: the relay's health and metrics, and the heartbeats that signalling accepts.
    private const string RelayAdmin = "127.0.0.1:9478";
    private const string Heartbeats = "http://127.0.0.1:9479";

    internal static ServiceSettings For(StackSettings settings, string? relayName, string generation)
    {
        // Without a domain clients use the Elastic IP, which only the host knows.
        var ice = IcePlan.For(relayName ?? HostVariables.RelayPublicIpv4, settings.Ports.Transports);
        return new(RelayOf(settings, ice, generation), SignallingOf(settings, ice, generation), ice);
    }

    private static RelayOptions RelayOf(StackSettings settings, IcePlan ice, string generation)
    {
        var tls = settings.Ports.Transports.Any(offer => offer.Transport == Transport.Tls);
        RelayAddressOptions ipv4 = new() { Address = HostVariables.RelayPrivateIpv4, Public = HostVariables.RelayPublicIpv4 };
        RelayAddressOptions ipv6 = new() { Address = HostVariables.RelayIpv6 };
        RelayAddressOptions[] addresses = settings.DualStack ? [ipv4, ipv6] : [ipv4];
        var network = settings.NetworkPrefix.ToString();
        return new()
        {
            Realm = settings.Domain ?? "causeway",
            Listeners =
            [
                .. from address in addresses
                   from offer in settings.Ports.Transports
                   select new RelayListenerOptions
                   {
                       Transport = offer.Transport.SettingName(),
                       Address = address.Address,
                       Port = offer.Port,
                   },
            ],
            Addresses = addresses,
            Ports = settings.Ports.Relayed.ToString(),
            SecretsFile = HostPaths.TurnSecrets("relay"),
            CertificateFile = tls ? HostPaths.Chain("relay") : null,
            CertificateKeyFile = tls ? HostPaths.Key("relay") : null,
            // The relay denies private addresses by default, but the network's IPv6 prefix is public.
            DenyPeers = settings.DualStack ? [network, HostVariables.VpcIpv6] : [network],
            Quotas = RoomLimits.Relay,
            Admin = RelayAdmin,
            Heartbeat = new()
            {
                Urls = [Heartbeats],
                KeysFile = HostPaths.HeartbeatKeys("relay"),
                Id = $"relay-{generation}",
                Generation = generation,
                StunUrls = ice.StunUrls,
                TurnUrls = ice.TurnUrls,
            },
        };
    }

    private static SignallingOptions SignallingOf(StackSettings settings, IcePlan ice, string generation)
    {
        var ipv4 = $"https://{HostVariables.SignallingPrivateIpv4}:{settings.Ports.Web}";
        var ipv6 = $"https://[{HostVariables.SignallingIpv6}]:{settings.Ports.Web}";
        return new()
        {
            Listen = settings.DualStack ? [ipv4, ipv6] : [ipv4],
            CertificateFile = HostPaths.Chain("signalling"),
            CertificateKeyFile = HostPaths.Key("signalling"),
            Origins = settings.Domain is null ? [] : [$"https://{settings.Domain}"],
            Ice = new() { StunUrls = ice.StunUrls, TurnUrls = ice.TurnUrls, SecretsFile = HostPaths.TurnSecrets("signalling") },
            Limits = RoomLimits.Signalling,
            Relays = new()
            {
                HeartbeatKeysFile = HostPaths.HeartbeatKeys("signalling"),
                HeartbeatListen = Heartbeats,
                AdmissionKeysFile = settings.Gate ? HostPaths.AdmissionKeys : null,
                AdmitAtOnce = !settings.Gate,
                Generation = generation,
            },
        };
    }
}
