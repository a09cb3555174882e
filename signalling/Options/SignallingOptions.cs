namespace Causeway.Signalling.Options;

/// <summary>
/// The signalling service's settings: the section <c>signalling</c> of the settings file, of the environment
/// (<c>CAUSEWAY_SIGNALLING__LISTEN__0</c>) and of the command line (<c>--signalling:listen:0</c>).
/// </summary>
public sealed class SignallingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "signalling";

    /// <summary>The URL that Kestrel listens on by default.</summary>
    public const string DefaultListen = "http://127.0.0.1:8080";

    /// <summary>
    /// Gets the URLs that Kestrel listens on, as <c>https://0.0.0.0:443</c>: an IP address, <c>localhost</c> or <c>*</c> (every address),
    /// and a port. Defaults to <see cref="DefaultListen"/> when empty. (Configuration binding appends to a list's default, so the list
    /// itself starts empty.)
    /// </summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Gets the PEM file of the certificate chain. Required when <see cref="Listen"/> contains an <c>https:</c> URL.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Gets the PEM file of the certificate's key. Required with <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>
    /// Gets the origins whose pages may open the WebSocket, as <c>https://call.example.org</c>. Their hosts are also the names under which
    /// a proxy on the same machine reaches this server: without TLS on loopback it serves these, localhost and addresses only. Defaults to
    /// the page's own host.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>
    /// Gets the addresses or networks of trusted proxies, as <c>192.0.2.10</c> or <c>10.0.0.0/24</c>: their <c>Forwarded</c> (RFC 7239) or
    /// <c>X-Forwarded-For</c> header gives the client's address. If both headers are present and name different clients, both are ignored:
    /// have the proxy remove the one that it doesn't write. Defaults to none: all clients of a proxy count as one address.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>Gets the STUN and TURN servers that browsers get.</summary>
    public IceOptions Ice { get; init; } = new();

    /// <summary>Gets the settings of relays that send heartbeats.</summary>
    public RelayFleetOptions Relays { get; init; } = new();

    /// <summary>Gets the limits on what one client and one room may use.</summary>
    public SignallingLimitOptions Limits { get; init; } = new();

    /// <summary>
    /// Gets whether the relay of the <c>relay</c> section runs in this process. Only in the Development environment; a deployment runs it
    /// as its own service. Defaults to <see langword="false"/>.
    /// </summary>
    public bool EmbeddedRelay { get; init; }
}
