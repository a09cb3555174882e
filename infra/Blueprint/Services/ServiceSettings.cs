using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Services;

/// <summary>The settings of the services on a host. Their addresses are <see cref="HostVariables"/>.</summary>
public sealed record ServiceSettings(RelayOptions Relay, SignallingOptions Signalling, IcePlan Ice)
{
    /// <summary>The address of the relay's health and metrics, on loopback.</summary>
    public const string RelayAdmin = "127.0.0.1:9478";

    /// <summary>The address where signalling accepts heartbeats, on loopback.</summary>
    public const string Heartbeats = "http://127.0.0.1:9479";

    internal static ServiceSettings For(StackSettings settings, string? relayName, string generation)
    {
        // Without a domain clients use the Elastic IP, which only the host knows.
        var ice = IcePlan.For(relayName ?? HostVariables.RelayPublicIpv4, settings.Ports.Transports);
        string[] relayAddresses = settings.DualStack ? [HostVariables.RelayPrivateIpv4, HostVariables.RelayIpv6]
            : [HostVariables.RelayPrivateIpv4];

        var tls = settings.Ports.Transports.Any(offer => offer.Transport == Transport.Tls);
        var relay = new RelayOptions
        {
            Realm = settings.Domain ?? "causeway",
            Listeners = [.. relayAddresses.SelectMany(address => settings.Ports.Transports.Select(offer => new RelayListenerOptions
            {
                Transport = offer.Transport.SettingName(),
                Address = address,
                Port = offer.Port,
            }))],
            Addresses = [.. relayAddresses.Select(address => new RelayAddressOptions
            {
                Address = address,
                Public = address == HostVariables.RelayPrivateIpv4 ? HostVariables.RelayPublicIpv4 : null,
            })],
            Ports = settings.Ports.Relayed.ToString(),
            SecretsFile = HostPaths.TurnSecrets("relay"),
            CertificateFile = tls ? HostPaths.Chain("relay") : null,
            CertificateKeyFile = tls ? HostPaths.Key("relay") : null,
            // The relay denies private addresses by default, but the network's IPv6 prefix is public.
            DenyPeers = settings.DualStack ? [settings.NetworkPrefix.ToString(), HostVariables.VpcIpv6]
                : [settings.NetworkPrefix.ToString()],
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

        var page = settings.Ports.Web;
        var signalling = new SignallingOptions
        {
            Listen = settings.DualStack
                ? [$"https://{HostVariables.SignallingPrivateIpv4}:{page}", $"https://[{HostVariables.SignallingIpv6}]:{page}"]
                : [$"https://{HostVariables.SignallingPrivateIpv4}:{page}"],
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
        return new(relay, signalling, ice);
    }
}
