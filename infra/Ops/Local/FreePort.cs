using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint.Ports;

namespace Causeway.Ops.Local;

/// <summary>Finds free ports, and explains why a port can't be opened.</summary>
internal static class FreePort
{
    /// <summary>
    /// Finds a port that is free over UDP and TCP and outside a range. Null if the address or range is invalid, which the plan reports.
    /// </summary>
    /// <exception cref="OpsException">The address isn't this machine's, or no port is free.</exception>
    public static int? Take(string address, string outside)
    {
        if (!IPAddress.TryParse(address, out var ip) || !PortRange.TryParse(outside, out var range, out _)) return null;

        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var tcp = Open(ip, 0, ProtocolType.Tcp, "--port 0");
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            if (!range.Contains(port) && IsFree(ip, port, ProtocolType.Udp)) return port;

            // The system's own range may overlap the relay's: try below it.
            port = Random.Shared.Next(20_000, 32_768);
            if (!range.Contains(port) && IsFree(ip, port, ProtocolType.Tcp) && IsFree(ip, port, ProtocolType.Udp)) return port;
        }
        throw new OpsException($"no free port on {address} outside {outside}; pass --port and --relay-port");
    }

    /// <summary>Throws if a port can't be opened.</summary>
    /// <param name="address">The local address.</param>
    /// <param name="port">The port.</param>
    /// <param name="protocol">UDP or TCP.</param>
    /// <param name="option">The option that sets the port.</param>
    /// <exception cref="OpsException">The port is in use or needs root, or the address isn't this machine's.</exception>
    public static void Require(IPAddress address, int port, ProtocolType protocol, string option) =>
        Open(address, port, protocol, option).Dispose();

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
                SocketError.AddressAlreadyInUse =>
                    Text($"{name} port {port} of {address} is in use; stop the program that uses it (ss -lnp lists it), or pass {option}"),
                SocketError.AccessDenied => Text($"{name} port {port} needs root; pass 1024 or higher with {option}"),
                SocketError.AddressNotAvailable =>
                    Text($"{address} isn't an address of this machine (ip addr lists them); pass another with --address"),
                _ => Text($"can't open {name} port {port} of {address} ({cause.Message}); pass another with {option}"),
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
