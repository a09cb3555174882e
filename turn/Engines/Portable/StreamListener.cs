using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// A listener of TCP or TLS. Answers leave by the connection, so an unspecified address needs only one socket.
/// </summary>
internal sealed class StreamListener : AcceptingSocket
{
    private const int Backlog = 512;

    private readonly PortableEngine _engine;
    private readonly Listener _listener;
    private readonly TransportAddress _address;

    private StreamListener(PortableEngine engine, Socket socket, Listener listener)
        : base(engine, socket)
    {
        (_engine, _listener) = (engine, listener);
        _address = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>The transports that it serves: two if it tells TLS from plain TCP.</summary>
    public IEnumerable<BoundListener> Bound =>
        _listener.AcceptsPlain
            ? [new(ClientTransport.Tcp, _address), new(ClientTransport.Tls, _address)]
            : [new(_listener.Transport, _address)];

    protected override string Name => _address.ToString();

    public static StreamListener Bind(PortableEngine engine, Listener listener)
    {
        var socket = TcpOptions.NewSocket(listener.Address.Family);
        try
        {
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

    protected override void Serve(Socket accepted, in TransportAddress from) => _engine.Streams.Serve(accepted, _listener, from);
}
