using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Causeway.Ops.Local;

/// <summary>This machine's address in the local network.</summary>
internal static class LanAddress
{
    /// <summary>The IPv4 address of the interface with the default route, else the first of any interface that is up.</summary>
    /// <exception cref="OpsException">There is none.</exception>
    public static IPAddress Find() =>
        All().FirstOrDefault()
        ?? throw new OpsException("this machine has no address in a local network; connect it to one, or name an address with --address");

    /// <summary>Every IPv4 address of this machine that a neighbour could reach, the likeliest first.</summary>
    public static IEnumerable<IPAddress> All() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        let properties = network.GetIPProperties()
        orderby properties.GatewayAddresses.Any(gateway => gateway.Address.AddressFamily == AddressFamily.InterNetwork) descending
        from unicast in properties.UnicastAddresses
        where unicast.Address.AddressFamily == AddressFamily.InterNetwork
        select unicast.Address;
}
