using System.Net;

namespace Causeway.Blueprint.Network;

/// <summary>Which service an address is for. Both want 443/TCP, so each has an address of its own on the same instance.</summary>
public enum Service
{
    /// <summary>
    /// The relay. It has the interface's primary address: that one has its Elastic IP before the instance starts, so the instance reaches the
    /// internet while signalling's Elastic IP still points to the generation before.
    /// </summary>
    Relay,

    /// <summary>The page and its WebSocket.</summary>
    Signalling,
}

/// <summary>An Elastic IP.</summary>
/// <param name="Name">Its name in the plan and in the resource graph.</param>
/// <param name="Service">Whom it is for.</param>
/// <param name="OfGeneration">Whether it lives and dies with a generation; otherwise it belongs to the stack and moves from one to the next.</param>
public sealed record ElasticIp(string Name, Service Service, bool OfGeneration);

/// <summary>A DNS record that points to a service's address.</summary>
/// <param name="Name">The DNS name.</param>
/// <param name="Type"><c>A</c> or <c>AAAA</c>.</param>
/// <param name="Service">Whose address it gives.</param>
/// <param name="OfGeneration">Whether it lives and dies with a generation.</param>
public sealed record DnsRecord(string Name, string Type, Service Service, bool OfGeneration);

/// <summary>How an interface's IPv6 addresses are shared out: the lowest is the relay's, the next one signalling's.</summary>
public static class Ipv6Addresses
{
    /// <summary>The address of a service among those that AWS gave the interface, in any order and spelling.</summary>
    public static string Of(Service service, IEnumerable<string> addresses) => addresses
        .Select(IPAddress.Parse)
        .Where(address => address.GetAddressBytes().Length == 16)
        .OrderBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)
        .ElementAt((int)service)
        .ToString();
}
