using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// A listening TCP socket and its accept loop. Answers leave by the connection, so an unspecified address needs only one socket.
/// </summary>
internal sealed class StreamListener
{
    private const int Backlog = 512;

    private readonly PortableEngine _engine;
    private readonly Socket _socket;
    private readonly Listener _listener;
    private readonly TransportAddress _address;
    private volatile bool _closed;

    private StreamListener(PortableEngine engine, Socket socket, Listener listener)
    {
        (_engine, _socket, _listener) = (engine, socket, listener);
        _address = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>The transports that it serves: two if it tells TLS from plain TCP.</summary>
    public IEnumerable<BoundListener> Bound =>
        _listener.AcceptsPlain
            ? [new(ClientTransport.Tcp, _address), new(ClientTransport.Tls, _address)]
            : [new(_listener.Transport, _address)];

    public static StreamListener Bind(PortableEngine engine, Listener listener)
    {
        var ipv6 = listener.Address.Family == IpFamily.IPv6;
        var socket = new Socket(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (ipv6) socket.DualMode = false;
            socket.Bind(listener.Address.ToIPEndPoint());
            socket.Listen(Backlog);
            return new(engine, socket, listener);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Accepts connections until it is closed.</summary>
    public async Task RunAsync()
    {
        var failures = new LoopFailures(_engine);
        while (!_closed)
        {
            try
            {
                Serve(await _socket.AcceptAsync());
                failures.None();
            }
            catch (Exception) when (_closed)
            {
                break;
            }
            catch (SocketException)
            {
                // A client left before it was accepted, or the system is short of descriptors. The listener stays open.
                _engine.Counters.CountReceiveFailed();
                await failures.PauseAsync();
            }
#pragma warning disable CA1031 // One connection must not end the loop; the failure is reported.
            catch (Exception unexpected)
            {
                failures.Report(_address.ToString(), unexpected);
                await failures.PauseAsync();
            }
#pragma warning restore CA1031
        }
    }

    public void Close()
    {
        _closed = true;
        _socket.Dispose();
    }

    private void Serve(Socket client)
    {
        try
        {
            _engine.Streams.Serve(client, _listener, TransportAddress.From((IPEndPoint)client.RemoteEndPoint!));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
