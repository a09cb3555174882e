using System.Net;
using Causeway.Turn.Protocol;
using Microsoft.AspNetCore.HttpOverrides;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The proxies whose word about a client's address is taken (<c>X-Forwarded-For</c>). Anybody can send that header: one that comes from elsewhere is
/// ignored, and of several addresses in it the last one that is no proxy's counts, which a proxy of ours wrote.
/// </summary>
/// <param name="prefixes">Their addresses or networks.</param>
internal sealed class Proxies(IReadOnlyList<string> prefixes)
{
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
        app.UseForwardedHeaders(options);
    }
}
