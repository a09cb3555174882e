using System.Net.Sockets;
using Causeway.Relay.Diagnostics;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Machine;

/// <summary>Finds the relayed addresses when none are configured.</summary>
internal static class RelayAddresses
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(2);

    /// <summary>On an EC2 instance from the metadata service, which knows the public address; otherwise from the interfaces.</summary>
    /// <exception cref="ListenException">The host has no address.</exception>
    public static async Task<IReadOnlyList<RelayAddress>> FindAsync(
        IReadOnlyList<Listener> listeners, ILogger logger, CancellationToken cancellation)
    {
        if (Ec2Metadata.IsThere())
        {
            try
            {
                var addresses = await new Ec2Metadata(Ec2Metadata.Default, MetadataTimeout).AddressesAsync(cancellation);
                logger.AddressesFromMetadata();
                if (addresses.Count > 0) return addresses;
            }
            catch (Exception failure) when (IsFailure(failure, cancellation))
            {
                logger.MetadataSilent(failure.Message);
            }
        }

        var found = Find(listeners);
        return found.Count > 0
            ? found
            : throw new ListenException(
                "relay.addresses: is empty and this host has no address; add one",
                new SocketException((int)SocketError.AddressNotAvailable));
    }

    // A time-out is a cancelled task too.
    private static bool IsFailure(Exception failure, CancellationToken cancellation) =>
        failure is HttpRequestException or FormatException or TaskCanceledException && !cancellation.IsCancellationRequested;

    private static IpAddress? Any(IpFamily family) =>
        HostAddresses.All(family).OrderBy(HostAddresses.IsLoopback).Cast<IpAddress?>().FirstOrDefault();

    /// <summary>
    /// For each family: the address of the first listener with a specific address, otherwise the source address of routes to the Internet,
    /// otherwise any address. A family without an address isn't relayed.
    /// </summary>
    public static IReadOnlyList<RelayAddress> Find(IReadOnlyList<Listener> listeners)
    {
        var addresses = new List<RelayAddress>();
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
        {
            var named = listeners.Select(listener => listener.Address.Ip).FirstOrDefault(ip => ip.Family == family && ip.Bits != 0);
            var found = named.Bits != 0 ? named : Outgoing(family) ?? Any(family);
            if (found is { } address) addresses.Add(new(address, address));
        }

        return addresses;
    }

    /// <summary>The source address of routes to the Internet; connecting a datagram socket only looks it up.</summary>
    private static IpAddress? Outgoing(IpFamily family)
    {
        // Documentation addresses (RFC 5737, RFC 3849), which use the default route.
        var far = TransportAddress.Parse(family == IpFamily.IPv4 ? "192.0.2.1:9" : "[2001:db8::1]:9").ToIPEndPoint();
        try
        {
            using var socket = new Socket(far.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(far);
            return TransportAddress.From((System.Net.IPEndPoint)socket.LocalEndPoint!).Ip;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
