using System.Globalization;
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
/// The plan's reading for one machine: signalling with the relay in its own process. Ports, secrets, URLs and both services' settings come from the
/// same code as in the cloud.
/// </summary>
public sealed record LocalPlan
{
    private LocalPlan(PortPlan ports, Uri address, IcePlan ice, RelayOptions relay, SignallingOptions signalling) =>
        (Ports, Address, Ice, Relay, Signalling) = (ports, address, ice, relay, signalling);

    /// <summary>Which port does what.</summary>
    public PortPlan Ports { get; }

    /// <summary>The address to open in a browser.</summary>
    public Uri Address { get; }

    /// <summary>The URLs of the STUN and TURN server.</summary>
    public IcePlan Ice { get; }

    public RelayOptions Relay { get; }

    public SignallingOptions Signalling { get; }

    /// <summary>The settings file of this run, with the sections <c>relay</c> and <c>signalling</c>. It holds secrets.</summary>
    public string SettingsJson => Services.SettingsJson.Render(Relay, Signalling);

    /// <summary>A link that takes two browsers into the same room.</summary>
    /// <param name="room">The room's name.</param>
    public Uri RoomLink(string room) => new(Address, $"r/{room}");

    /// <summary>The iceServers with a credential, for printing and for other programs.</summary>
    /// <param name="expiry">When the credential ends, in seconds since 1970 (UTC).</param>
    /// <param name="subject">Whom it is for.</param>
    public IReadOnlyList<IceServer> IceServers(long expiry, string subject = "local") => Ice.Servers(Relay.Secrets[0], subject, expiry);

    /// <summary>Makes the plan.</summary>
    /// <param name="settings">What was chosen.</param>
    /// <param name="rootSecret">At least <see cref="RootSecret.MinBytes"/> random bytes; a fresh one for each run is fine.</param>
    /// <exception cref="SettingsException">Something is wrong with the settings; all of it is said.</exception>
    public static LocalPlan Create(LocalSettings settings, ReadOnlySpan<byte> rootSecret)
    {
        var (address, relayed) = Validate(settings);

        var ports = new PortPlan(
            settings.Port ?? (settings.Lan ? LocalSettings.DefaultLanPort : LocalSettings.DefaultPort),
            [.. settings.Transports.Distinct().Order().Select(transport => new TransportPort(transport, settings.RelayPort))],
            relayed);
        var page = new UriBuilder(settings.Lan ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, address.ToString(), ports.Web).Uri;
        var ice = IcePlan.For(address.ToString(), ports.Transports);
        var secret = SecretDerivation.Derive(rootSecret, SecretDerivation.Turn, "local");

        var relay = new RelayOptions
        {
            Realm = "causeway.local",
            Listeners = [.. ports.Transports.Select(offer => new RelayListenerOptions
            {
                Transport = offer.Transport.SettingName(),
                Address = address.ToString(),
                Port = offer.Port,
            })],
            Addresses = [new() { Address = address.ToString() }],
            Ports = ports.Relayed.ToString(),
            Secrets = [secret],
            AllowPeers = settings.Lan ? PrivatePrefixes : [.. LoopbackPrefixes, .. PrivatePrefixes],
            // Browsers run beside the relay.
            AllowHostPeers = true,
            Quotas = RoomLimits.Relay,
            Admin = settings.AdminPort is { } port ? new IPEndPoint(IPAddress.Loopback, port).ToString() : null,
            // A person waits at the keyboard for Ctrl-C to end it.
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

    // The peers of a local call are this machine and its neighbours, which the relay's deny table has for good reasons elsewhere. On the local
    // network loopback stays denied: a neighbour must not reach this machine's own services through the relay.
    private static readonly string[] LoopbackPrefixes = ["127.0.0.0/8", "::1/128"];
    private static readonly string[] PrivatePrefixes = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

    private static (IPAddress Address, PortRange Relayed) Validate(LocalSettings settings)
    {
        var mistakes = new List<Mistake>();
        if (!IPAddress.TryParse(settings.Address, out var address))
            mistakes.Add(new("address", settings.Address, "is no IP address; write one of this machine's, as 127.0.0.1 or 192.168.1.20"));
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            mistakes.Add(new("address", settings.Address, "names no single address; browsers need one that they can reach"));
        else if (address.IsIPv6LinkLocal)
            mistakes.Add(new("address", settings.Address, "is link-local, which browsers cannot open; write another address of this machine"));
        else if (settings.Lan && IPAddress.IsLoopback(address))
            mistakes.Add(new("address", settings.Address, "is loopback, which other devices cannot reach; write this machine's address in the local network"));
        else if (!settings.Lan && !IPAddress.IsLoopback(address))
            mistakes.Add(new("address", settings.Address, "is reached by other devices; browsers give them a camera over HTTPS only: add --lan"));

        CheckPort("port", settings.Port);
        CheckPort("relayPort", settings.RelayPort);
        CheckPort("adminPort", settings.AdminPort);

        if (!PortRange.TryParse(settings.RelayPorts, out var relayed, out var fix))
            mistakes.Add(new("relayPorts", settings.RelayPorts, fix));
        else if (relayed.Contains(settings.RelayPort))
            mistakes.Add(new("relayPorts", settings.RelayPorts, Text($"holds the relay's own port {settings.RelayPort}; choose a range beside it")));

        if (settings.Transports.Count == 0)
            mistakes.Add(new("transports", null, "is empty; choose udp, tcp or both"));
        if (settings.Transports.Contains(Transport.Tls))
            mistakes.Add(new("transports", "tls", "needs a certificate that browsers trust, which a local run has none of; choose udp, tcp or both"));
        if (settings.Transports.Contains(Transport.Tcp) && (settings.Port ?? 0) == settings.RelayPort)
            mistakes.Add(new("relayPort", Text($"{settings.RelayPort}"), "is the page's port too; choose another"));

        if (settings.Lan && settings.CertificateFile is null)
            mistakes.Add(new("certificateFile", null, "is missing; the local network is served over HTTPS"));
        if (settings.Lan && settings.CertificateKeyFile is null)
            mistakes.Add(new("certificateKeyFile", null, "is missing; the local network is served over HTTPS"));

        SettingsException.ThrowIfAny(mistakes);
        return (address!, relayed);

        void CheckPort(string key, int? port)
        {
            if (port is < 1 or > 65535) mistakes.Add(new(key, Text($"{port}"), "is no port; choose one from 1 to 65535"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
