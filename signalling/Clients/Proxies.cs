using System.Net;
using Causeway.Signalling.Hosting;
using Causeway.Turn.Protocol;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The proxies whose word about a client's address is taken (<c>Forwarded</c>, RFC 7239, or <c>X-Forwarded-For</c>). Anybody can send these headers: one that comes
/// from elsewhere is ignored, and of several addresses in it the last one that is no proxy's counts, which a proxy of ours wrote.
/// </summary>
/// <remarks>
/// A proxy writes one of the two and passes the other on as the client sent it. Which one is not known here, so neither wins: where they name different clients,
/// the proxy's own address counts, which is worth nothing to a client who made one up.
/// </remarks>
/// <param name="prefixes">Their addresses or networks.</param>
internal sealed class Proxies(IReadOnlyList<string> prefixes)
{
    private const string Forwarded = "Forwarded";

    private readonly IpPrefix[] _prefixes = [.. prefixes.Select(IpPrefix.Parse)];

    /// <summary>Whether an address is a proxy's.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null) return false;
        var plain = ClientNetworks.Plain(address);
        return _prefixes.Any(prefix => prefix.Contains(plain));
    }

    /// <summary>Takes the client's address from what proxies say. Other things that they may say are not looked at.</summary>
    public static void Use(WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<Proxies>();
        if (proxies._prefixes.Length == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        // Loopback is in both by default.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var prefix in proxies._prefixes) options.KnownIPNetworks.Add(new(prefix.Network.ToIPAddress(), prefix.Length));

        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        var log = loggers.CreateLogger("Causeway.Signalling");
        var interval = new LogInterval(app.Services.GetRequiredService<TimeProvider>());
        app.Use(next =>
        {
            var framework = new ForwardedHeadersMiddleware(next, loggers, Microsoft.Extensions.Options.Options.Create(options));
            return context =>
            {
                if (!proxies.Apply(context, framework) && interval.MayTell()) log.ForwardedDiffers();
                return next(context);
            };
        });
    }

    /// <summary>The client that <c>Forwarded</c> names.</summary>
    /// <param name="proxy">Who the connection is from, a named proxy.</param>
    /// <param name="header">The header's values.</param>
    /// <returns>The client's address; the proxy's own, of the outermost one that is named, where the header does not say it or is malformed.</returns>
    internal IPAddress Client(IPAddress proxy, StringValues header)
    {
        if (!ForwardedHeader.TryRead(header, out var nodes)) return proxy;
        var client = proxy;
        // From the nearest on, as long as the one who wrote it is a proxy of ours.
        for (var i = nodes.Count - 1; i >= 0 && nodes[i] is { } node && Contains(client); i--) client = node;
        return client;
    }

    // False when the two headers name different clients.
    private bool Apply(HttpContext context, ForwardedHeadersMiddleware framework)
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is not { } proxy || !Contains(proxy)) return true;
        var forwarded = context.Request.Headers[Forwarded];
        var both = forwarded.Count > 0 && context.Request.Headers.ContainsKey("X-Forwarded-For");
        framework.ApplyForwarders(context);
        if (forwarded.Count == 0) return true;

        var client = Client(proxy, forwarded);
        var agree = !both || ClientNetworks.Plain(client) == ClientNetworks.Plain(connection.RemoteIpAddress);
        (connection.RemoteIpAddress, connection.RemotePort) = (agree ? client : proxy, 0);
        return agree;
    }
}
