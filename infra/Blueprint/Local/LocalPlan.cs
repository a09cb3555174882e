using System.Net;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Signalling.Options;
using Causeway.Turn.Client;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Local;

/// <summary>
/// The plan for one machine: signalling with the relay in its process. Ports, secrets, URLs and settings come from the same code as for a
/// stack.
/// </summary>
/// <param name="Address">The address to open in a browser.</param>
public sealed record LocalPlan(PortPlan Ports, Uri Address, IcePlan Ice, RelayOptions Relay, SignallingOptions Signalling)
{
    // The peers of a local call are this machine and its neighbours, which the relay denies by default. With --lan loopback stays denied,
    // so that neighbours can't reach this machine's own services through the relay.
    private static readonly string[] LoopbackPrefixes = ["127.0.0.0/8", "::1/128"];
    private static readonly string[] PrivatePrefixes = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

    /// <summary>Gets the settings file, with the sections <c>relay</c> and <c>signalling</c>. It contains secrets.</summary>
    public string SettingsJson => Services.SettingsJson.Render(Relay, Signalling);

    /// <summary>A link that takes two browsers into the same room.</summary>
    public Uri RoomLink(string room) => new(Address, $"r/{room}");

    /// <summary>The iceServers with a credential.</summary>
    /// <param name="expiry">When the credential ends, in seconds since 1970 (UTC).</param>
    public IReadOnlyList<IceServer> IceServers(long expiry, string subject = "local") => Ice.Servers(Relay.Secrets[0], subject, expiry);

    /// <summary>Makes the plan.</summary>
    /// <param name="rootSecret">At least <see cref="RootSecret.MinBytes"/> random bytes; it may differ in each run.</param>
    /// <exception cref="SettingsException">The settings are wrong.</exception>
    public static LocalPlan Create(LocalSettings settings, ReadOnlySpan<byte> rootSecret)
    {
        var (ip, relayed) = Validate(settings);
        var address = ip.ToString();
        var ports = new PortPlan(
            settings.PagePort,
            [.. settings.Transports.Distinct().Order().Select(transport => new TransportPort(transport, settings.RelayPort))],
            relayed);
        var page = new UriBuilder(settings.Lan ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, address, ports.Web).Uri;
        var ice = IcePlan.For(address, ports.Transports);
        var secret = SecretDerivation.Derive(rootSecret, SecretDerivation.Turn, "local");

        var relay = new RelayOptions
        {
            Realm = "causeway.local",
            Listeners = [.. ports.Transports.Select(offer => new RelayListenerOptions
            {
                Transport = offer.Transport.SettingName(),
                Address = address,
                Port = offer.Port,
            })],
            Addresses = [new() { Address = address }],
            Ports = ports.Relayed.ToString(),
            Secrets = [secret],
            AllowPeers = settings.Lan ? PrivatePrefixes : [.. LoopbackPrefixes, .. PrivatePrefixes],
            // Browsers run beside the relay.
            AllowHostPeers = true,
            Quotas = RoomLimits.Relay,
            Admin = settings.AdminPort is { } port ? new IPEndPoint(IPAddress.Loopback, port).ToString() : null,
            // Ctrl-C ends it at once.
            DrainDeadline = TimeSpan.Zero,
        };
        var signalling = new SignallingOptions
        {
            Listen = [page.GetLeftPart(UriPartial.Authority)],
            CertificateFile = settings.CertificateFile,
            CertificateKeyFile = settings.CertificateKeyFile,
            Ice = new() { StunUrls = ice.StunUrls, TurnUrls = ice.TurnUrls, Secrets = [secret] },
            Limits = RoomLimits.Signalling,
            EmbeddedRelay = true,
        };
        return new(ports, page, ice, relay, signalling);
    }

    private static (IPAddress Address, PortRange Relayed) Validate(LocalSettings settings)
    {
        var mistakes = new List<Mistake>();
        if (!IPAddress.TryParse(settings.Address, out var address))
            Refuse("address", settings.Address, "isn't an IP address; write one of this machine's, like 127.0.0.1 or 192.168.1.20");
        else if (WrongAddress(address, settings.Lan) is { } fix)
            Refuse("address", settings.Address, fix);

        CheckPort("port", settings.Port);
        CheckPort("relayPort", settings.RelayPort);
        CheckPort("adminPort", settings.AdminPort);

        if (!PortRange.TryParse(settings.RelayPorts, out var relayed, out var wrong))
            Refuse("relayPorts", settings.RelayPorts, wrong);
        else if (relayed.Contains(settings.RelayPort))
            Refuse("relayPorts", settings.RelayPorts, $"contains the relay's own port {settings.RelayPort}; choose another range");

        if (settings.Transports.Count == 0)
            Refuse("transports", null, "is empty; choose udp, tcp or both");
        if (settings.Transports.Contains(Transport.Tls))
            Refuse("transports", "tls",
                "needs a certificate that browsers trust, which a local run doesn't have; choose udp, tcp or both");
        List<(string Key, string Owner, IPAddress? Address, int Port)> listeners = [("port", "page", address, settings.PagePort)];
        if (settings.Transports.Contains(Transport.Tcp)) listeners.Add(("relayPort", "relay", address, settings.RelayPort));
        if (settings.AdminPort is { } admin) listeners.Add(("adminPort", "admin interface", IPAddress.Loopback, admin));
        // Ports out of range are refused above.
        var valid = listeners.Where(listener => listener.Port is >= 1 and <= 65535);
        foreach (var same in valid.GroupBy(listener => (listener.Address, listener.Port)))
            foreach (var later in same.Skip(1))
                Refuse(later.Key, $"{later.Port}", $"is also the {same.First().Owner}'s port; choose another");

        if (settings.Lan && settings.CertificateFile is null)
            Refuse("certificateFile", null, "is missing; the local network is served over HTTPS");
        if (settings.Lan && settings.CertificateKeyFile is null)
            Refuse("certificateKeyFile", null, "is missing; the local network is served over HTTPS");

        SettingsException.ThrowIfAny(mistakes);
        return (address!, relayed);

        void CheckPort(string key, int? port)
        {
            if (port is < 1 or > 65535) Refuse(key, $"{port}", "isn't a port; choose one from 1 to 65535");
        }

        void Refuse(string key, string? value, string fix) => mistakes.Add(new(key, value, fix));
    }

    private static string? WrongAddress(IPAddress address, bool lan)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return "isn't a single address; write one that browsers can reach";
        if (address.IsIPv6LinkLocal)
            return "is link-local, which browsers can't open; write another address of this machine";
        if (lan && IPAddress.IsLoopback(address))
            return "is loopback, which other devices can't reach; write this machine's address in the local network";
        if (!lan && !IPAddress.IsLoopback(address))
            return "is reachable from other devices, whose browsers require HTTPS for a camera; add --lan";
        return null;
    }
}
