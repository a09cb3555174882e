using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Client;

/// <summary>Messages as datagrams over a connected socket: the system filters strangers and reports ICMP errors.</summary>
internal sealed class UdpTransport : ITurnTransport
{
    private readonly Socket _socket;
    private readonly TransportAddress _server;

    public UdpTransport(TurnClientOptions options)
    {
        _server = options.Server;
        var family = _server.Family == IpFamily.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        _socket = new(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (options.SocketBufferBytes > 0) _socket.SendBufferSize = _socket.ReceiveBufferSize = options.SocketBufferBytes;
            if (options.Local is { } local) _socket.Bind(local.ToIPEndPoint());
            if (options.Local is not null) options.Bound?.Invoke(TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!));
            _socket.Connect(_server.ToIPEndPoint());
        }
        catch (SocketException failure)
        {
            _socket.Dispose();
            throw Unreachable(failure);
        }

        Local = TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!);
    }

    public ClientTransport Transport => ClientTransport.Udp;

    public TransportAddress Local { get; }

    // Not async methods: those allocate on the data path, in debug builds for every call.
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            _socket.Send(message.Span);
            return ValueTask.CompletedTask;
        }
        catch (SocketException failure)
        {
            throw Unreachable(failure);
        }
        catch (ObjectDisposedException closed)
        {
            throw Explain(closed);
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, SocketFlags.None);

    public TurnException Explain(Exception failure) =>
        failure is SocketException socket ? Unreachable(socket) : new(TurnFailure.Closed, $"udp {_server}: the client was closed", failure);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private TurnException Unreachable(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused =>
            new(TurnFailure.Unreachable, $"udp {_server}: nothing listens on this port; check that the relay runs, and the port", failure),
        SocketError.OperationAborted => new(TurnFailure.Closed, $"udp {_server}: the client was closed", failure),
        _ => new(TurnFailure.Unreachable, $"udp {_server}: {failure.SocketErrorCode}; check address, route and firewall", failure),
    };
}
