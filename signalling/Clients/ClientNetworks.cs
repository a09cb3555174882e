using System.Net;
using Causeway.Turn.Protocol;
using SharedNetwork = Causeway.Turn.Protocol.ClientNetwork;

namespace Causeway.Signalling.Clients;

/// <summary>A network that a client is counted in.</summary>
/// <param name="Prefix">The network.</param>
/// <param name="Multiple">How many times the bound of one address it has: several customers may live in a wider one.</param>
internal readonly record struct ClientNetwork(IpPrefix Prefix, int Multiple);

/// <summary>
/// The networks that a client's address counts in. A customer has one IPv4 address, but a whole network of IPv6 addresses: usually 64 bits are fixed,
/// often 56 or 48. So a client of IPv6 is counted three times.
/// </summary>
internal static class ClientNetworks
{
    /// <summary>The networks of an address, the narrowest first.</summary>
    /// <param name="address">The client's address; null when it is not known: all of those count as one.</param>
    public static ClientNetwork[] Of(IPAddress? address)
    {
        var networks = new List<ClientNetwork>(3);
        // Which they are, and how much more the wider ones may have, is the same as in the relay.
        foreach (var network in SharedNetwork.Of(Plain(address))) networks.Add(new(new(network.Prefix, network.Length), network.Share(1)));
        return [.. networks];
    }

    /// <summary>The address itself: a listener on every address sees IPv4 as IPv6, where all of it lies in one network of 64 bits.</summary>
    public static IpAddress Plain(IPAddress? address) => IpAddress.From(address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.None);
}
