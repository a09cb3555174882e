using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Causeway.Ops.Local;

/// <summary>Finds this machine's address in the local network.</summary>
internal static class LanAddress
{
    /// <summary>Returns the IPv4 address of the interface with the default route, or of the first interface that is up.</summary>
    /// <exception cref="OpsException">The machine has no such address.</exception>
    public static IPAddress Find() =>
        All().FirstOrDefault()
        ?? throw new OpsException("this machine has no address in a local network; connect it to one, or pass --address");

    /// <summary>Returns the IPv4 addresses that other devices can reach, the likeliest first.</summary>
    public static IEnumerable<IPAddress> All() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        let properties = network.GetIPProperties()
        orderby properties.GatewayAddresses.Any(gateway => gateway.Address.AddressFamily == AddressFamily.InterNetwork) descending
        from unicast in properties.UnicastAddresses
        where unicast.Address.AddressFamily == AddressFamily.InterNetwork
        select unicast.Address;
}
