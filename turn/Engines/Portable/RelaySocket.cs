using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The socket of a relayed transport address. On Linux it reads the ICMP errors for what it sent.</summary>
internal sealed class RelaySocket : DatagramSocket
{
    // Each failed attempt takes one pending error; as many as this arrive between two attempts only in a flood.
    private const int MaxAttempts = 5;

    // Later ones are read when the next error arrives; the system bounds the queue by the socket's receive buffer.
    private const int MaxErrorsAtOnce = 64;

    private readonly PortableEngine _engine;
    private readonly bool _readsErrors;
    private volatile RelayOwner _owner;
    private bool _fragments = true;

    public RelaySocket(PortableEngine engine, Socket socket, IpFamily family, RelayOwner owner)
        : base(engine, socket, family)
    {
        (_engine, _owner) = (engine, owner);
        _readsErrors = DatagramOptions.TryReceiveErrors(socket, family);
    }

    /// <summary>Whether it belongs to one of the relay's own probes, and doesn't count as a client's.</summary>
    public bool IsProbe { get; init; }

    /// <summary>The allocation that it receives for; a reserved socket gets another one, perhaps of another shard.</summary>
    public RelayOwner Owner { get => _owner; set => _owner = value; }

    /// <summary>
    /// Sends as <see cref="Send(ReadOnlySpan{byte}, in TransportAddress, SendAddresses, in IpFields)"/> does, and chooses whether routers
    /// may fragment the datagram. It sets the socket's option when the choice changes; only one loop sends here, the one that receives from
    /// the allocation's client.
    /// </summary>
    public void Send(
        ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields, bool dontFragment)
    {
        if (_fragments == dontFragment)
        {
            if (!DatagramOptions.TrySetFragmentation(Socket, Family, !dontFragment))
            {
                _engine.Counters.CountSendFailed();
                return;
            }

            _fragments = !dontFragment;
        }

        Send(message, to, addresses, fields);
    }

    /// <summary>
    /// Sends. With <c>IP_RECVERR</c> a pending ICMP error fails the next call on the socket, which may be this one, for another peer: then
    /// the datagram wasn't sent, and is sent again.
    /// </summary>
    public override void Send(
        ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields = default)
    {
        var result = TrySend(message, to, addresses, fields);
        if (_readsErrors && IsErrorOfDatagram(result)) result = SendAgain(result, message, to, addresses, fields);
        Count(result);
    }

    private SocketError SendAgain(
        SocketError result, ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields)
    {
        for (var attempt = 1; IsErrorOfDatagram(result) && attempt < MaxAttempts; attempt++)
        {
            var (others, isOwn) = ReadErrors(to);
            // The receive loop may have read the error that failed the first attempt. A second failure without any is the datagram's own.
            if (isOwn || (others == 0 && attempt > 1)) return result;
            result = TrySend(message, to, addresses, fields);
        }

        if (result == SocketError.Success) _engine.Counters.CountSendRetried();
        return result;
    }

    protected override void Handle(in TransportAddress from, ref Packet packet)
    {
        var owner = _owner;
        owner.Shard.HandlePeer(owner.Allocation, from, ref packet, Addresses);
    }

    protected override bool HandleErrors(SocketError failure)
    {
        if (!_readsErrors || !IsErrorOfDatagram(failure)) return false;
        ReadErrors(default);
        return true;
    }

    /// <summary>Reports the queued errors.</summary>
    /// <param name="sent">Where the datagram went that has just failed; default for none.</param>
    /// <returns>How many were read for earlier datagrams, and whether the host itself refused this one.</returns>
    private (int Others, bool IsOwn) ReadErrors(in TransportAddress sent)
    {
        var (others, isOwn) = (0, false);
        while (others < MaxErrorsAtOnce && ErrorQueue.TryTake(Socket, Family, out var error))
        {
            isOwn |= error.IsLocal;
            if (!error.IsLocal) others++;
            var peer = error.IsLocal ? sent : error.Peer;
            var owner = _owner;
            if (peer.Port != 0) owner.Shard.HandlePeerError(owner.Allocation, peer, error.Icmp);
        }

        return (others, isOwn);
    }

    /// <summary>Whether a result may be that of an ICMP error; a lack of memory or buffers isn't.</summary>
    private static bool IsErrorOfDatagram(SocketError result) => result is
        SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown
        or SocketError.MessageSize or SocketError.AccessDenied or SocketError.OperationNotSupported or SocketError.ProtocolOption
        or SocketError.SocketError;
}

/// <summary>The allocation that a relay socket receives for.</summary>
internal sealed record RelayOwner(PortableShard Shard, AllocationId Allocation);
