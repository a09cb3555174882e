using System.Net;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Causeway.Signalling.Clients;

/// <summary>
/// Refuses foreign host names on loopback. A web page can point its own name at this machine (DNS rebinding), and the browser then takes
/// this server for the page's host; only the Host header (RFC 9110 §7.2) shows it. IP addresses cannot be rebound, and over TLS such a name
/// has no certificate.
/// </summary>
/// <remarks>The framework's host filtering cannot allow all IP addresses, and does not say how to fix a refusal.</remarks>
internal sealed class HostCheck(IOptions<SignallingOptions> settings, TimeProvider time, ILogger<HostCheck> log)
{
    // In Unicode, like the request's host.
    private readonly StringSegment[] _names =
    [
        "localhost", "*.localhost", .. settings.Value.Origins.Select(origin => HostString.FromUriComponent(new Uri(origin)).Host),
    ];

    private readonly LogInterval _refusals = new(time);

    /// <summary>Answers or passes on a request.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // The WebSocket endpoint refuses with a close code: browsers hide every other answer from the page.
        if (context.Request.Path == SignallingProtocol.Path || Fault(context) is not { } fault) return next(context);
        if (_refusals.MayLog()) log.HostRefused(fault);
        return TextAnswer.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, fault);
    }

    /// <summary>Gets why the request is refused; null if it is accepted.</summary>
    public string? Fault(HttpContext context)
    {
        var host = context.Request.Host;
        // Every browser sends a Host header. A client without one, such as an HTTP/1.0 health check, is not a browser.
        if (!host.HasValue || context.Request.IsHttps || !IsLoopback(context.Connection.LocalIpAddress)) return null;
        if (IPAddress.TryParse(host.Host, out _) || HostString.MatchesAny(host.Host, _names)) return null;
        return $"{host} is not a name of this server, which listens on loopback: another page may have pointed it at this machine. "
            + $"Open http://localhost:{context.Connection.LocalPort}; behind a proxy, add the page's origin to "
            + $"signalling.origins: https://{host.Host}";
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
