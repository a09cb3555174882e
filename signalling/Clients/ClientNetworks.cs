using System.Net;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>The networks that a client counts in, the same as in the relay (<see cref="ClientNetwork"/>).</summary>
internal static class ClientNetworks
{
    /// <summary>Gets the networks of an address, the narrowest first.</summary>
    /// <param name="address">The client's address; null if unknown: all unknown ones count as one.</param>
    public static ClientNetwork[] Of(IPAddress? address)
    {
        var networks = new List<ClientNetwork>(3);
        foreach (var network in ClientNetwork.Of(Plain(address))) networks.Add(network);
        return [.. networks];
    }

    /// <summary>
    /// Gets the address without IPv4 mapping: a listener on every address sees IPv4 as IPv6, where all of it would be in one /64.
    /// </summary>
    public static IpAddress Plain(IPAddress? address) =>
        IpAddress.From(address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.None);
}
