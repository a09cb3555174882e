using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Machine;

/// <summary>
/// Ports of the loopback address that nobody used a moment ago: below those that systems give to outgoing connections, one of which could take it in the
/// meantime, and outside those of a relay.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int End = 32_768;

    /// <summary>As many different ports as asked for, free for TCP and UDP.</summary>
    public static int[] Take(int count)
    {
        var taken = new HashSet<int>();
        for (var attempt = 0; attempt < 1000 && taken.Count < count; attempt++)
        {
            var port = Random.Shared.Next(First, End);
            if (IsFree(port)) taken.Add(port);
        }

        return taken.Count == count ? [.. taken] : throw new InvalidOperationException($"of the ports {First} to {End - 1} fewer than {count} are free");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var tcp = new TcpListener(IPAddress.Loopback, port);
            tcp.Start();
            using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
