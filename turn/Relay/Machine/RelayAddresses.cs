using System.Net.Sockets;
using Causeway.Relay.Diagnostics;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Machine;

/// <summary>Finds the addresses to relay on when the settings name none.</summary>
internal static class RelayAddresses
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(2);

    /// <summary>From the metadata service on an EC2 instance, which alone knows the public address; from the interfaces elsewhere.</summary>
    /// <exception cref="ListenException">There is no address at all.</exception>
    public static async Task<IReadOnlyList<RelayAddress>> FindAsync(IReadOnlyList<Listener> listeners, ILogger logger, CancellationToken cancellation)
    {
        if (Ec2Metadata.IsThere())
        {
            try
            {
                var addresses = await new Ec2Metadata(Ec2Metadata.Default, MetadataTimeout).AddressesAsync(cancellation);
                logger.AddressesFromMetadata();
                if (addresses.Count > 0) return addresses;
            }
            catch (Exception failure) when (failure is HttpRequestException or FormatException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                logger.MetadataSilent(failure.Message);
            }
        }

        var found = Find(listeners);
        return found.Count > 0 ? found : throw new ListenException("relay.addresses: is empty and this host has no address; write one", new SocketException((int)SocketError.AddressNotAvailable));
    }

    /// <summary>
    /// For each family: the address of the first listener that names one, else the one that this host reaches the Internet from, else any
    /// of its addresses. A family without one is not relayed.
    /// </summary>
    public static IReadOnlyList<RelayAddress> Find(IReadOnlyList<Listener> listeners)
    {
        var addresses = new List<RelayAddress>();
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
        {
            var named = listeners.Select(listener => listener.Address.Ip).FirstOrDefault(ip => ip.Family == family && ip.Bits != 0);
            var found = named.Bits != 0 ? named : Outgoing(family) ?? HostAddresses.All(family).OrderBy(HostAddresses.IsLoopback).Cast<IpAddress?>().FirstOrDefault();
            if (found is { } address) addresses.Add(new(address, address));
        }

        return addresses;
    }

    /// <summary>The source address that the routing table gives to the Internet; connecting a datagram socket asks it and sends nothing.</summary>
    private static IpAddress? Outgoing(IpFamily family)
    {
        // Documentation addresses (RFC 5737, RFC 3849): nobody's, so routed by default.
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
