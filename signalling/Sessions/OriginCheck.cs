using Causeway.Signalling.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// Decides which pages may open the WebSocket. Browsers send the page's origin (RFC 6455 §10.2) and apply no other rule to WebSockets:
/// without this check, any page could use the service from its visitor's browser. A client without an origin is not a browser, and could
/// send any.
/// </summary>
internal sealed class OriginCheck(IOptions<SignallingOptions> settings)
{
    private readonly IReadOnlyList<string> _allowed = settings.Value.Origins;

    /// <summary>Gets why the request is refused; null if it is accepted.</summary>
    public string? Fault(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return null;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)) return $"the origin '{Shorten(origin)}' is not allowed here";
        if (_allowed.Count > 0)
        {
            return _allowed.Any(known => Uri.TryCreate(known, UriKind.Absolute, out var other) && SameOrigin(uri, other))
                ? null
                : $"the origin {Shorten(origin)} is not allowed here; add it to signalling.origins if its pages may call";
        }

        // The scheme is not compared: behind a proxy that terminates TLS the page's is https and this request's is http. The request's host
        // is in Unicode.
        var host = request.Host;
        var port = host.Port ?? (uri.Scheme is "https" ? 443 : 80);
        return HostString.FromUriComponent(uri).Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) && uri.Port == port
            ? null
            : $"the origin {Shorten(origin)} is not this host, {host}; add it to signalling.origins if its pages may call";
    }

    private static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase) && one.Port == other.Port;

    private static string Shorten(string origin) => origin.Length <= 200 ? origin : origin[..200] + "…";
}
