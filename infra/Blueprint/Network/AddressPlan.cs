using System.Net;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Network;

/// <summary>The services. Both need 443/TCP, so each has its own address on the same instance.</summary>
public enum Service
{
    /// <summary>
    /// The relay. It has the interface's primary address, which has its Elastic IP before the instance starts. So the instance reaches the
    /// internet while signalling's Elastic IP still points to the previous generation.
    /// </summary>
    Relay,

    /// <summary>The page and its WebSocket.</summary>
    Signalling,
}

/// <summary>An Elastic IP.</summary>
/// <param name="OfGeneration">
/// Whether it belongs to a generation; otherwise it belongs to the stack and moves from one generation to the next.
/// </param>
public sealed record ElasticIp(string Name, Service Service, bool OfGeneration);

/// <summary>A DNS record that points to a service's address.</summary>
/// <param name="Type"><c>A</c> or <c>AAAA</c>.</param>
public sealed record DnsRecord(string Name, string Type, Service Service, bool OfGeneration)
{
    /// <summary>The relay's DNS name; null without a domain.</summary>
    public static string? RelayName(StackSettings settings, string generation) =>
        settings.Domain is { } domain ? $"relay-{generation}.{domain}" : null;

    public static IReadOnlyList<DnsRecord> Of(StackSettings settings, string generation)
    {
        if (settings.Domain is not { } page || RelayName(settings, generation) is not { } relay) return [];
        string[] types = settings.DualStack ? ["A", "AAAA"] : ["A"];
        return
        [
            .. types.Select(type => new DnsRecord(page, type, Service.Signalling, OfGeneration: false)),
            .. types.Select(type => new DnsRecord(relay, type, Service.Relay, OfGeneration: true)),
        ];
    }
}

/// <summary>How an interface's IPv6 addresses are assigned: the relay gets the lowest, signalling the next.</summary>
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
