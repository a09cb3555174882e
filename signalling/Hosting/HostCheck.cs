using System.Net;
using Causeway.Signalling.Sessions;
using Microsoft.Extensions.Primitives;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Which names this server answers to on loopback. A page from elsewhere can have its own name lead to this machine (DNS rebinding), where the browser
/// then takes the server for the page's own host; only the Host header (RFC 9110 §7.2) tells. An address cannot be made to lead elsewhere, and over TLS
/// such a name has no certificate.
/// </summary>
/// <param name="origins">The origins of the settings, whose hosts are names of this server.</param>
/// <remarks>The framework's host filtering knows no networks of addresses, and its refusal does not say how to mend it.</remarks>
internal sealed class HostCheck(IReadOnlyList<string> origins)
{
    // In the form of the request's host, which is Unicode.
    private readonly StringSegment[] _names = ["localhost", "*.localhost", .. origins.Select(origin => HostString.FromUriComponent(new Uri(origin)).Host)];

    /// <summary>Adds the check before everything that answers.</summary>
    public static void Use(WebApplication app)
    {
        var check = app.Services.GetRequiredService<HostCheck>();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Causeway.Signalling");
        var interval = new LogInterval(app.Services.GetRequiredService<TimeProvider>());
        app.Use((context, next) =>
        {
            // The WebSocket's own address refuses with a close code: browsers hide every other answer from the page.
            if (context.Request.Path == WebSocketEndpoint.Path || check.Fault(context) is not { } fault) return next(context);
            if (interval.MayTell()) log.HostRefused(fault);
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync(fault + "\n", context.RequestAborted);
        });
    }

    /// <summary>Why the request is refused; null when it is not.</summary>
    public string? Fault(HttpContext context)
    {
        var host = context.Request.Host;
        // Every browser names a host; what does not, such as a health check of HTTP/1.0, is none.
        if (!host.HasValue || context.Request.IsHttps || !IsLoopback(context.Connection.LocalIpAddress)) return null;
        if (IPAddress.TryParse(host.Host, out _) || HostString.MatchesAny(host.Host, _names)) return null;
        return $"{host} is no name of this server, which listens on loopback: a page from elsewhere may have made it lead to this machine. "
            + $"Open http://localhost:{context.Connection.LocalPort}; or, behind a proxy, add the page's origin to signalling.origins, as https://{host.Host}";
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
