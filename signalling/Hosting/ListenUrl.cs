using System.Diagnostics.CodeAnalysis;
using System.Net;
using Causeway.Signalling.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Causeway.Signalling.Hosting;

/// <summary>A URL of the settings to listen on, such as <c>https://*:443</c>.</summary>
/// <param name="Secure">Whether it speaks TLS.</param>
/// <param name="Any">Whether it listens on every address, IPv4 and IPv6.</param>
/// <param name="Address">The address; null for localhost in both families.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal sealed record ListenUrl(bool Secure, bool Any, IPAddress? Address, int Port)
{
    /// <summary>Gets the URLs of the settings, or the default.</summary>
    public static IReadOnlyList<string> Of(SignallingOptions options) =>
        options.Listen is [] ? [SignallingOptions.DefaultListen] : options.Listen;

    /// <summary>Parses a URL that was validated.</summary>
    public static ListenUrl Parse(string url) => TryParse(url, out var parsed, out var fault) ? parsed : throw new FormatException(fault);

    /// <summary>Parses a URL.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="parsed">Where to listen.</param>
    /// <param name="fault">What is wrong with the URL.</param>
    public static bool TryParse(string url, [NotNullWhen(true)] out ListenUrl? parsed, [NotNullWhen(false)] out string? fault)
    {
        (parsed, fault) = (null, null);
        // Uri does not accept a star as the host.
        if (!Uri.TryCreate(url.Replace("://*", "://[::]", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
            fault = $"'{url}' is not a URL to listen on; write http://127.0.0.1:8080 or https://*:443";
        else if (uri.PathAndQuery is not ("/" or ""))
            fault = $"'{url}' has a path; listen on a host and a port only";
        else if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && uri.Host != "localhost")
            fault = $"'{url}' names a host; listen on an IP address, localhost or *";
        else
            parsed = new(uri.Scheme == "https", url.Contains("://*", StringComparison.Ordinal), address, uri.Port);
        return parsed is not null;
    }

    /// <summary>Adds the listener to Kestrel.</summary>
    public void AddTo(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (Any) kestrel.ListenAnyIP(Port, configure);
        else if (Address is null) kestrel.ListenLocalhost(Port, configure);
        else kestrel.Listen(Address, Port, configure);
    }

    /// <summary>Whether the listener uses an endpoint.</summary>
    public bool Uses(IPEndPoint endpoint) => endpoint.Port == Port && (Any
        ? endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any)
        : Address is null ? IPAddress.IsLoopback(endpoint.Address) : endpoint.Address.Equals(Address));
}
