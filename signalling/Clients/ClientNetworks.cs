using System.Net;
using Causeway.Turn.Protocol;

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
    private static readonly (int Bits, int Multiple)[] IPv4 = [(32, 1)];
    private static readonly (int Bits, int Multiple)[] IPv6 = [(64, 1), (56, 2), (48, 4)];

    /// <summary>The networks of an address, the narrowest first.</summary>
    /// <param name="address">The client's address; null when it is not known: all of those count as one.</param>
    public static ClientNetwork[] Of(IPAddress? address)
    {
        var client = Plain(address);
        return [.. (client.Family == IpFamily.IPv6 ? IPv6 : IPv4).Select(length => new ClientNetwork(Network(client, length.Bits), length.Multiple))];
    }

    /// <summary>The address itself: a listener on every address sees IPv4 as IPv6, where all of it lies in one network of 64 bits.</summary>
    public static IpAddress Plain(IPAddress? address) => IpAddress.From(address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.None);

    private static IpPrefix Network(IpAddress address, int bits)
    {
        var host = address.Length * 8 - bits;
        return new(address with { Bits = address.Bits >> host << host }, bits);
    }
}
