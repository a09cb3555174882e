using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Machine;

/// <summary>Ports of the loopback address that nobody used a moment ago.</summary>
internal static class FreePorts
{
    /// <summary>As many different ports as asked for, free for TCP and UDP.</summary>
    public static int[] Take(int count)
    {
        var held = new List<(TcpListener Tcp, UdpClient Udp)>();
        try
        {
            while (held.Count < count)
            {
                var tcp = new TcpListener(IPAddress.Loopback, 0);
                tcp.Start();
                try
                {
                    held.Add((tcp, new UdpClient((IPEndPoint)tcp.LocalEndpoint)));
                }
                catch (SocketException)
                {
                    tcp.Stop(); // Taken for UDP: another one.
                }
            }

            return [.. held.Select(pair => ((IPEndPoint)pair.Tcp.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var (tcp, udp) in held)
            {
                tcp.Stop();
                udp.Dispose();
            }
        }
    }
}
