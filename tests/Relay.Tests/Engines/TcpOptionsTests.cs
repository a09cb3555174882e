using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Options;

namespace Causeway.Relay.Tests.Engines;

public class TcpOptionsTests
{
    [Fact]
    public async Task Linux_bounds_what_its_buffers_hold_and_how_long_nothing_is_acknowledged()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has these options");
        var (client, server) = await PairAsync();
        using (client)
        using (server)
        {
            TcpOptions.Set(
                server,
                new RelayStreamOptions
                {
                    SendTimeout = TimeSpan.FromSeconds(7),
                    SocketSendBufferBytes = 50_000,
                    SocketUnsentBytes = 12_345,
                });

            // TCP_USER_TIMEOUT, TCP_NOTSENT_LOWAT; Linux doubles SO_SNDBUF.
            Assert.Equal((7000, 12_345, 100_000), (Option(server, 18), Option(server, 25), server.SendBufferSize));
            Assert.True(server.NoDelay);
        }
    }

    [Fact]
    public async Task What_the_client_acknowledges_is_known()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells");
        var (client, server) = await PairAsync();
        using (client)
        using (server)
        {
            var before = TcpOptions.BytesAcknowledged(server);
            await server.SendAsync(new byte[10_000], Deadline.Token);
            await TestWait.UntilAsync(() => TcpOptions.BytesAcknowledged(server) == before + 10_000);
            server.Dispose();
            Assert.Equal(-1, TcpOptions.BytesAcknowledged(server));
        }
    }

    private static int Option(Socket socket, int option)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(6, option, value);
        return BitConverter.ToInt32(value);
    }

    private static async Task<(Socket Client, Socket Server)> PairAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port), Deadline.Token);
        return (client, await listener.AcceptAsync(Deadline.Token));
    }
}
