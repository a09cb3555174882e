using System.Net;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Protocol;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The trusted proxies, whose <c>Forwarded</c> (RFC 7239) or <c>X-Forwarded-For</c> header gives the client's address. Headers from anyone
/// else are ignored; of several addresses the last one that is not a proxy's counts, because a trusted proxy wrote it.
/// </summary>
/// <remarks>
/// A proxy writes one of the two headers and passes on the other as the client sent it. Which one is unknown here, so neither wins: if they
/// name different clients, the proxy's own address counts, and a client gains nothing by forging one.
/// </remarks>
internal sealed class Proxies(IOptions<SignallingOptions> settings, TimeProvider time, ILoggerFactory loggers)
{
    private const string Forwarded = "Forwarded";
    private const string XForwardedFor = "X-Forwarded-For";

    private readonly IpPrefix[] _prefixes = [.. settings.Value.Proxies.Select(IpPrefix.Parse)];

    /// <summary>Whether an address belongs to a proxy.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null) return false;
        var plain = ClientNetworks.Plain(address);
        return _prefixes.Any(prefix => prefix.Contains(plain));
    }

    /// <summary>Adds the middleware; scheme and host in these headers are ignored.</summary>
    public void Use(IApplicationBuilder app)
    {
        if (_prefixes.Length == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        // Both contain loopback by default.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var prefix in _prefixes) options.KnownIPNetworks.Add(new(prefix.Network.ToIPAddress(), prefix.Length));

        var log = loggers.CreateLogger<Proxies>();
        var interval = new LogInterval(time);
        app.Use(next =>
        {
            var framework = new ForwardedHeadersMiddleware(next, loggers, Microsoft.Extensions.Options.Options.Create(options));
            return context =>
            {
                if (!Apply(context, framework) && interval.MayLog()) log.ForwardedDiffers();
                return next(context);
            };
        });
    }

    /// <summary>Gets the client that <c>Forwarded</c> names.</summary>
    /// <param name="proxy">The peer of the connection, a known proxy.</param>
    /// <param name="header">The header's values.</param>
    /// <returns>The client's address; the address of the outermost known proxy if the header is malformed or does not say it.</returns>
    internal IPAddress Client(IPAddress proxy, StringValues header)
    {
        if (!ForwardedHeader.TryRead(header, out var nodes)) return proxy;
        var client = proxy;
        // From the nearest one, for as long as a known proxy wrote the element.
        for (var i = nodes.Count - 1; i >= 0 && nodes[i] is { } node && Contains(client); i--) client = node;
        return client;
    }

    // False if the two headers name different clients.
    private bool Apply(HttpContext context, ForwardedHeadersMiddleware framework)
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is not { } proxy || !Contains(proxy)) return true;
        var forwarded = context.Request.Headers[Forwarded];
        var both = forwarded.Count > 0 && context.Request.Headers.ContainsKey(XForwardedFor);
        framework.ApplyForwarders(context);
        if (forwarded.Count == 0) return true;

        var client = Client(proxy, forwarded);
        var agree = !both || ClientNetworks.Plain(client) == ClientNetworks.Plain(connection.RemoteIpAddress);
        (connection.RemoteIpAddress, connection.RemotePort) = (agree ? client : proxy, 0);
        return agree;
    }
}
