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

    // Never read.
    private static readonly byte[] Peeked = new byte[1];

    private readonly Socket _socket;
    private readonly PortableEngine _engine;
    private readonly IpFamily _family;
    private readonly SocketAddress _from;
    private readonly Lock _counting = new();
    private uint _dropsCounted;
    private bool _hasReceived;
    private bool _fragments = true;
    private volatile bool _closed;

    protected DatagramSocket(PortableEngine engine, Socket socket, IpFamily family)
    {
        (_engine, _socket, _family) = (engine, socket, family);
        _from = SocketAddresses.Create(family);
        Local = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>The actual local address and port.</summary>
    public TransportAddress Local { get; }

    /// <summary>The receivers' addresses of this socket's loop.</summary>
    protected SendAddresses Addresses { get; } = new();

    /// <summary>One datagram.</summary>
    protected abstract void Handle(in TransportAddress from, ref Packet packet);

    /// <summary>Receives until the socket is closed.</summary>
    public async Task RunAsync()
    {
        var failures = new LoopFailures(_engine);
        while (!_closed)
        {
            try
            {
                var atOnce = 1;
                try
                {
                    // Waits without receiving, so that an idle socket holds no buffer.
                    var waiting = _socket.ReceiveFromAsync(Peeked, SocketFlags.Peek, _from);
                    // A datagram that is there already belongs to a burst. Only Linux reads an empty queue without an exception.
                    if (waiting.IsCompletedSuccessfully && OperatingSystem.IsLinux()) atOnce = MaxAtOnce;
                    await waiting;
                }
                catch (SocketException cut) when (cut.SocketErrorCode == SocketError.MessageSize)
                {
                    // Windows reports the peeked datagram as cut off; it is still in the queue.
                }

                var handled = HandleReceived(atOnce);
                failures.None();
                // A flood on one port must not keep the thread from other sockets.
                if (handled == MaxAtOnce) await Task.Yield();
            }
            catch (Exception) when (_closed)
            {
                break;
            }
            catch (SocketException)
            {
                // The system is short of memory, or, on other systems than Linux, reports an ICMP error of an earlier send. The socket
                // stays open.
                _engine.Counters.CountReceiveFailed();
                await failures.PauseAsync();
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

    /// <summary>Handles queued datagrams, up to a limit, with a rented buffer.</summary>
    /// <returns>The number of handled datagrams.</returns>
    private int HandleReceived(int atMost)
    {
        var buffer = _engine.Buffers.Rent();
        try
        {
            var handled = 0;
            while (handled < atMost && HandleNext(buffer.GetSpan())) handled++;
            return handled;
        }
        finally
        {
            _engine.Buffers.Return(buffer);
            Volatile.Write(ref _hasReceived, true);
        }
    }

    private bool HandleNext(Span<byte> buffer)
    {
        // One byte more than the largest packet, to tell a datagram that was cut off from one that just fits.
        switch (DatagramReceive.Receive(_socket, buffer.Slice(Packet.Headroom, Packet.MaxLength + 1), _from, out var length))
        {
            case SocketError.Success when length > Packet.MaxLength:
            case SocketError.MessageSize:
                _engine.Counters.CountReceiveTooLarge();
                return true;
            case SocketError.Success:
                Handle(buffer, length);
                return true;
            case SocketError.WouldBlock:
                return false;
            case var error:
                throw new SocketException((int)error);
        }
    }

    /// <summary>Counts what the system dropped at this socket since the last call; costs nothing on an idle socket.</summary>
    public void CountDrops()
    {
        // A drop means a full queue; something is read from it afterwards, and then this is true again.
        if (Interlocked.Exchange(ref _hasReceived, false)) ReadDrops();
    }

    /// <summary>
    /// Sends as <see cref="Send(ReadOnlySpan{byte}, in TransportAddress, SendAddresses)"/> does, and chooses whether routers may fragment
    /// the datagram. It sets the socket's option when the choice changes; only one loop sends here, the one that receives from the
    /// allocation's client.
    /// </summary>
    public void Send(ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, bool dontFragment)
    {
        if (_fragments == dontFragment)
        {
            if (!DatagramOptions.TrySetFragmentation(_socket, _family, !dontFragment))
            {
                _engine.Counters.CountSendFailed();
                return;
            }

            _fragments = !dontFragment;
        }

        Send(message, to, addresses);
    }

    public sealed override void Send(ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses)
    {
        switch (DatagramSend.Send(_socket, message, addresses.To(to)))
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

    private void Handle(Span<byte> buffer, int length)
    {
        var packet = new Packet(buffer, length);
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

/// <summary>The socket of a relayed transport address.</summary>
internal sealed class RelaySocket(PortableEngine engine, Socket socket, IpFamily family, RelayOwner owner)
    : DatagramSocket(engine, socket, family)
{
    private volatile RelayOwner _owner = owner;

    /// <summary>Whether it belongs to one of the relay's own probes, and doesn't count as a client's.</summary>
    public bool IsProbe { get; init; }

    /// <summary>The allocation that it receives for; a reserved socket gets another one, perhaps of another shard.</summary>
    public RelayOwner Owner { get => _owner; set => _owner = value; }

    protected override void Handle(in TransportAddress from, ref Packet packet)
    {
        var owner = _owner;
        owner.Shard.HandlePeer(owner.Allocation, from, ref packet, Addresses);
    }
}

/// <summary>The allocation that a relay socket receives for.</summary>
internal sealed record RelayOwner(PortableShard Shard, AllocationId Allocation);
