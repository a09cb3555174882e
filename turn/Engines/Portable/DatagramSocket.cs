using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>A UDP socket with its receive loop: a listener's, or an allocation's.</summary>
internal abstract class DatagramSocket : Outlet
{
    // About one burst of media; then other sockets get their turn.
    private const int MaxAtOnce = 64;

    private readonly Socket _socket;
    private readonly PortableEngine _engine;
    private readonly IpFamily _family;
    private readonly SocketAddress _from;
    private readonly Lock _counting = new();
    private uint _dropsCounted;
    private bool _hasReceived;
    private volatile bool _closed;

    protected DatagramSocket(PortableEngine engine, Socket socket, IpFamily family)
    {
        (_engine, _socket, _family) = (engine, socket, family);
        _from = SocketAddresses.Create(family);
        Local = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>The actual local address and port.</summary>
    public TransportAddress Local { get; }

    protected Socket Socket => _socket;

    protected IpFamily Family => _family;

    /// <summary>The receivers' addresses of this socket's loop.</summary>
    protected SendAddresses Addresses { get; } = new();

    /// <summary>One datagram.</summary>
    protected abstract void Handle(in TransportAddress from, ref Packet packet);

    /// <summary>Receives until the socket is closed.</summary>
    public async Task RunAsync()
    {
        var failures = new LoopFailures(_engine);
        using var wait = new DatagramWait(_socket);
        while (!_closed)
        {
            try
            {
                var waiting = wait.NextAsync();
                // A datagram that is there already belongs to a burst. Only Linux reads an empty queue without an exception.
                var atOnce = waiting.IsCompleted && OperatingSystem.IsLinux() ? MaxAtOnce : 1;
                var error = await waiting;
                var handled = 0;
                if (error == SocketError.Success || IsCutOff(error)) (handled, error) = HandleReceived(atOnce);
                var isError = error is not (SocketError.Success or SocketError.WouldBlock);
                if (!isError || HandleErrors(error))
                {
                    failures.None();
                    // A flood on one port, of datagrams or of ICMP, must not keep the thread from other sockets.
                    if (isError || handled == MaxAtOnce) await Task.Yield();
                }
                else if (!_closed)
                {
                    // The system is short of memory, or, on other systems than Linux, reports an ICMP error of an earlier send. The socket
                    // stays open.
                    _engine.Counters.CountReceiveFailed();
                    await failures.PauseAsync();
                }
            }
            catch (Exception) when (_closed)
            {
                break;
            }
#pragma warning disable CA1031 // One packet must not end the loop; the failure is reported.
            catch (Exception unexpected)
            {
                failures.Report(Local.ToString(), unexpected);
                await failures.PauseAsync();
            }
#pragma warning restore CA1031
        }
    }

    // Windows reports a peeked datagram as cut off; it is still in the queue.
    private static bool IsCutOff(SocketError error) => error == SocketError.MessageSize && !OperatingSystem.IsLinux();

    /// <summary>Handles queued datagrams, up to a limit, with a rented buffer.</summary>
    /// <returns>The number of handled datagrams, and the result of the last call.</returns>
    private (int Handled, SocketError Error) HandleReceived(int atMost)
    {
        var buffer = _engine.Buffers.Rent();
        try
        {
            var handled = 0;
            var error = SocketError.Success;
            while (handled < atMost && (error = HandleNext(buffer.GetSpan())) == SocketError.Success) handled++;
            return (handled, error);
        }
        finally
        {
            _engine.Buffers.Return(buffer);
            Volatile.Write(ref _hasReceived, true);
        }
    }

    private SocketError HandleNext(Span<byte> buffer)
    {
        // One byte more than the largest packet, to tell a datagram that was cut off from one that just fits.
        var room = buffer.Slice(Packet.Headroom, Packet.MaxLength + 1);
        var error = DatagramReceive.Receive(_socket, room, _from, out var length, out var fields);
        if (IsCutOff(error) || (error == SocketError.Success && length > Packet.MaxLength))
        {
            _engine.Counters.CountReceiveTooLarge();
            return SocketError.Success;
        }

        if (error == SocketError.Success) Handle(buffer, length, fields);
        return error;
    }

    /// <summary>Handles the ICMP errors of earlier sends, of which one failed a receive; false if it failed for another reason.</summary>
    protected virtual bool HandleErrors(SocketError failure) => false;

    /// <summary>Counts what the system dropped at this socket since the last call; costs nothing on an idle socket.</summary>
    public void CountDrops()
    {
        // A drop means a full queue; something is read from it afterwards, and then this is true again.
        if (Interlocked.Exchange(ref _hasReceived, false)) ReadDrops();
    }

    public override void Send(
        ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields = default) =>
        Count(TrySend(message, to, addresses, fields));

    /// <summary>Sends, without counting a failure.</summary>
    protected SocketError TrySend(ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields) =>
        DatagramSend.Send(_socket, message, addresses.To(to), fields);

    /// <summary>Counts the result of a send.</summary>
    protected void Count(SocketError result)
    {
        switch (result)
        {
            case SocketError.Success: break;
            case SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.IOPending:
                _engine.Counters.CountSendBufferFull();
                break;
            case SocketError.MessageSize: _engine.Counters.CountSendTooLarge(); break;
            case SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AccessDenied:
            case SocketError.ConnectionRefused or SocketError.OperationNotSupported or SocketError.InvalidArgument:
                _engine.Counters.CountSendUnreachable();
                break;
            default: _engine.Counters.CountSendFailed(); break;
        }
    }

    public void Close()
    {
        _closed = true;
        ReadDrops();
        _socket.Dispose();
    }

    /// <summary>Opens a non-blocking datagram socket bound to an address.</summary>
    public static Socket Open(in TransportAddress local, int bufferBytes, bool reusePort)
    {
        var ipv6 = local.Family == IpFamily.IPv6;
        var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            if (ipv6) socket.DualMode = false;
            if (reusePort) ReusePort.Set(socket);
            if (OperatingSystem.IsWindows()) IgnoreConnectionReset(socket);
            DatagramOptions.TrySetFragmentation(socket, local.Family, allowed: true);
            DatagramOptions.TryReceiveFields(socket, local.Family);
            if (bufferBytes > 0) socket.ReceiveBufferSize = socket.SendBufferSize = bufferBytes;
            socket.Bind(local.ToIPEndPoint());
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void ReadDrops()
    {
        lock (_counting)
        {
            if (!DatagramOptions.TryReadDrops(_socket, out var drops)) return;
            _engine.Counters.CountReceiveBufferFull(drops - _dropsCounted);
            _dropsCounted = drops;
        }
    }

    private void Handle(Span<byte> buffer, int length, in IpFields fields)
    {
        var packet = new Packet(buffer, length) { Ip = fields };
        Handle(SocketAddresses.Read(_from, _family), ref packet);
    }

    // SIO_UDP_CONNRESET: Windows would report every ICMP "port unreachable" on the next receive.
    private static void IgnoreConnectionReset(Socket socket) => socket.IOControl(unchecked((int)0x9800000C), [0, 0, 0, 0], null);
}

/// <summary>A shard's own socket of a listener.</summary>
internal sealed class ListenerSocket(PortableEngine engine, Socket socket, IpFamily family, int endpoint)
    : DatagramSocket(engine, socket, family)
{
    /// <summary>Whose it is; known when the engine starts.</summary>
    public PortableShard? Shard { get; set; }

    protected override void Handle(in TransportAddress from, ref Packet packet) =>
        Shard!.HandleClient(new(ClientTransport.Udp, endpoint, from), ref packet, Addresses);
}
