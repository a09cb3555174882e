using System.Net.Security;
using System.Net.Sockets;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// A TCP connection to a peer (RFC 6062): opened or accepted, then bound to a client's connection, whose bytes it carries both ways. Until
/// then the peer's bytes stay in the system's receive buffer, which is bounded and slows the peer down.
/// </summary>
internal sealed class PeerLink(PortableEngine engine, PortableShard shard, ConnectionId id)
{
    // An idle peer that has vanished is found after about two minutes.
    private const int KeepAliveSeconds = 60;
    private const int KeepAliveProbes = 4;

    // When one side has closed, what the other one has sent already may pass for this long.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Socket? _socket;
    private StreamConnection? _client;
    private bool _closed;

    public ConnectionId Id => id;

    /// <summary>Lets sockets share a local port: the listening one, and one for each connection to a peer.</summary>
    public static void Share(Socket socket)
    {
        if (ReusePort.IsSupported) ReusePort.Set(socket);
        else socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
    }

    /// <summary>Takes the peer's socket and its descriptor; false when the link was closed meanwhile.</summary>
    public bool TryAttach(Socket socket)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _socket = socket;
            return true;
        }
    }

    /// <summary>Takes the client's connection; false when the link was closed meanwhile.</summary>
    public bool TryBind(StreamConnection client)
    {
        lock (_gate)
        {
            if (_closed || _client is not null) return false;
            _client = client;
            return true;
        }
    }

    /// <summary>Connects from a relayed address to the peer, and reports the outcome.</summary>
    public async Task ConnectAsync(TransportAddress local, TransportAddress peer)
    {
        Socket? socket = null;
        try
        {
            socket = TcpOptions.NewSocket(local.Family);
            if (!engine.Descriptors.TryTake(socket.SafeHandle))
            {
                engine.Counters.CountConnectionRefused();
                socket.Dispose();
                Fail(PeerFailure.Exhausted);
                return;
            }

            if (!TryAttach(socket))
            {
                socket.Dispose();
                engine.Descriptors.Return();
                return;
            }

            Share(socket);
            socket.Bind(local.ToIPEndPoint());
            await socket.ConnectAsync(peer.ToIPEndPoint());
            SetOptions(socket, engine.Settings.Streams);
            shard.HandlePeerConnected(id);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Fail(socket is null ? PeerFailure.Exhausted : PeerFailure.Unreachable);
        }
#pragma warning disable CA1031 // One connection must not end the process; the failure is reported.
        catch (Exception unexpected)
        {
            engine.ReportUnexpected("connect", unexpected);
            Fail(PeerFailure.Unreachable);
        }
#pragma warning restore CA1031
    }

    /// <summary>Sets the options of a connection to a peer: those of clients, and probes while it is idle.</summary>
    /// <exception cref="SocketException">The peer has left.</exception>
    public static void SetOptions(Socket socket, RelayStreamOptions settings)
    {
        TcpOptions.Set(socket, settings);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds / KeepAliveProbes);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }

    /// <summary>
    /// Carries bytes both ways until one side closes; then the other one is closed too (RFC 6062 §5.5), after what was read from the first.
    /// </summary>
    /// <param name="client">The client's stream.</param>
    /// <param name="socket">The socket below it.</param>
    /// <param name="first">Bytes that were read from the client already.</param>
    public async Task CarryAsync(Stream client, Socket socket, byte[] first)
    {
        Socket? attached;
        lock (_gate) attached = _closed ? null : _socket;
        if (attached is null) return;

        await using var peer = new NetworkStream(attached, ownsSocket: false);
        var up = new PeerPump(engine, client, peer, bytes => shard.HandlePeerData(id, toPeer: true, bytes)).RunAsync(first);
        var down = new PeerPump(engine, peer, client, bytes => shard.HandlePeerData(id, toPeer: false, bytes)).RunAsync([]);
        if (await await Task.WhenAny(up, down))
        {
            await TellEndAsync(up.IsCompleted ? peer : client, up.IsCompleted ? attached : socket);
            await Task.WhenAny(Task.WhenAll(up, down), Task.Delay(Linger, engine.Clock.Time));
        }

        Close();
        await Task.WhenAll(up, down);
    }

    /// <summary>Closes both connections, and reports it.</summary>
    public void End()
    {
        Close();
        shard.HandlePeerClosed(id);
    }

    /// <summary>Closes both connections. For the state machine's effects: it knows already.</summary>
    public void Close()
    {
        Socket? socket;
        StreamConnection? client;
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            (socket, client) = (_socket, _client);
        }

        engine.Peers.Remove(this);
        client?.Abort();
        if (socket is null) return;
        socket.Dispose();
        engine.Descriptors.Return();
    }

    /// <summary>Tells a side that the other one has closed.</summary>
    private static async Task TellEndAsync(Stream stream, Socket socket)
    {
        try
        {
            if (stream is SslStream tls) await tls.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It has closed too.
        }
    }

    private void Fail(PeerFailure reason)
    {
        Close();
        shard.HandlePeerFailed(id, reason);
    }
}
