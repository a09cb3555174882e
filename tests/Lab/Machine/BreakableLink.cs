using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Machine;

/// <summary>
/// A TCP link to a server on this machine that can be torn, as a network does it: without a word, in the middle of a message.
/// </summary>
internal sealed class BreakableLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly ConcurrentDictionary<Socket, Socket> _connections = new();
    private readonly Task _accepting;
    private volatile bool _broken;

    /// <summary>Makes the link.</summary>
    /// <param name="server">Where it leads.</param>
    public BreakableLink(Uri server)
    {
        _server = new(IPAddress.Parse(server.Host), server.Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The address of this end.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>Tears every connection; while it is broken, new ones are torn at once.</summary>
    public void Break()
    {
        _broken = true;
        foreach (var (client, server) in _connections) Tear(client, server);
    }

    /// <summary>Lets new connections through again.</summary>
    public void Repair() => _broken = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Break();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                _ = CarryAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _connections[client] = server;
        try
        {
            if (_broken) return;
            await server.ConnectAsync(_server);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (SocketException)
        {
            // The server is not there: the client sees its connection end.
        }
        finally
        {
            _connections.TryRemove(client, out _);
            Tear(client, server);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var length and > 0) await to.SendAsync(buffer.AsMemory(0, length));
        }
        catch (Exception torn) when (torn is SocketException or ObjectDisposedException)
        {
            // One end was closed; the other follows.
        }
    }

    private static void Tear(params Socket[] ends)
    {
        foreach (var end in ends)
        {
            try
            {
                end.LingerState = new(true, 0); // RST instead of FIN.
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                continue;
            }

            end.Close();
        }
    }
}
