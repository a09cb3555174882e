using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint.Ports;

namespace Causeway.Ops.Local;

/// <summary>Looks for ports, and says who cannot have which.</summary>
internal static class FreePort
{
    /// <summary>A port that is free now over UDP and TCP and lies outside a range; null where address or range is invalid, which the plan reports.</summary>
    /// <exception cref="OpsException">The address is not this machine's, or no port was found.</exception>
    public static int? Take(string address, string outside)
    {
        if (!IPAddress.TryParse(address, out var ip) || !PortRange.TryParse(outside, out var range, out _)) return null;

        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var tcp = Open(ip, 0, ProtocolType.Tcp, "--port 0");
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            if (!range.Contains(port) && IsFree(ip, port, ProtocolType.Udp)) return port;

            // The system chooses from its own range, which may lie within the relay's: look below it.
            port = Random.Shared.Next(20_000, 32_768);
            if (!range.Contains(port) && IsFree(ip, port, ProtocolType.Tcp) && IsFree(ip, port, ProtocolType.Udp)) return port;
        }
        throw new OpsException($"found no free port on {address} outside {outside}; choose one with --port and --relay-port");
    }

    /// <summary>Fails in one line when a port cannot be had.</summary>
    /// <param name="address">The local address.</param>
    /// <param name="port">The port.</param>
    /// <param name="protocol">UDP or TCP.</param>
    /// <param name="option">The option that chooses another.</param>
    /// <exception cref="OpsException">The port is in use, needs rights that are missing, or the address is not this machine's.</exception>
    public static void Require(IPAddress address, int port, ProtocolType protocol, string option) => Open(address, port, protocol, option).Dispose();

    private static Socket Open(IPAddress address, int port, ProtocolType protocol, string option)
    {
        var socket = new Socket(address.AddressFamily, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            if (protocol == ProtocolType.Tcp) socket.Listen();
            return socket;
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            var name = protocol.ToString().ToUpperInvariant();
            throw new OpsException(cause.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => Text($"{name} port {port} of {address} is in use; stop what uses it (ss -lnp shows it), or choose another with {option}"),
                SocketError.AccessDenied => Text($"{name} port {port} needs root; choose one from 1024 up with {option}"),
                SocketError.AddressNotAvailable => Text($"{address} is no address of this machine (ip addr shows them); choose another with --address"),
                _ => Text($"{name} port {port} of {address} cannot be opened ({cause.Message}); choose another with {option}"),
            }, cause: cause);
        }
    }

    private static bool IsFree(IPAddress address, int port, ProtocolType protocol)
    {
        try
        {
            Open(address, port, protocol, "").Dispose();
            return true;
        }
        catch (OpsException)
        {
            return false;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
