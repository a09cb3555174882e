using System.Net;
using System.Net.NetworkInformation;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>The addresses of this host's interfaces.</summary>
public static class HostAddresses
{
    private static readonly IpPrefix LinkLocal = IpPrefix.Parse("fe80::/10");

    /// <summary>
    /// All addresses of a family on interfaces that are up, including loopback. Without IPv6 link-local addresses: they need a zone, which
    /// STUN's addresses don't have.
    /// </summary>
    public static IReadOnlyList<IpAddress> All(IpFamily family)
    {
        var addresses = new List<IpAddress>();
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown)) continue;
            foreach (var unicast in network.GetIPProperties().UnicastAddresses)
            {
                if (unicast.Address.IsIPv6LinkLocal) continue;
                var address = IpAddress.From(unicast.Address);
                if (address.Family == family && !addresses.Contains(address)) addresses.Add(address);
            }
        }

        return addresses;
    }

    /// <summary>Whether an address is IPv6 link-local, which needs a zone (RFC 4007).</summary>
    internal static bool IsLinkLocal(IpAddress address) => LinkLocal.Contains(address);

    /// <summary>Whether an address is loopback.</summary>
    public static bool IsLoopback(IpAddress address) => IPAddress.IsLoopback(address.ToIPAddress());
}
