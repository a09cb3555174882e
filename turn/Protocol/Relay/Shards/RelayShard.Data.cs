using System.Buffers.Binary;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// The data path: from client to peer, from peer to client, and between allocations inside the process. Headers are removed and added in
/// place; nothing here allocates.
/// </summary>
public sealed partial class RelayShard
{
    /// <summary>ChannelData from a client (RFC 8656 §12.6). It refreshes neither channel nor permission.</summary>
    private Forward HandleChannelData(Allocation allocation, ref Packet packet)
    {
        if (allocation.HasEnded) return Drop(DropReason.NoAllocation);
        if (!ChannelData.TryRead(packet.Bytes, out var message)) return Drop(DropReason.Malformed);
        if (!allocation.Channels.TryGet(message.Channel, out var channel)) return Drop(DropReason.UnboundChannel);

        packet.Keep(ChannelData.HeaderLength, message.Payload.Length);
        return SendToPeer(allocation, channel.Peer, channel.IsOwn, dontFragment: false, ref packet);
    }

    /// <summary>A Send indication from a client (RFC 8656 §11.2).</summary>
    private Forward HandleSend(Allocation allocation, in ClientMessage message, ref Packet packet)
    {
        if (allocation.HasEnded) return Drop(DropReason.NoAllocation);
        if (allocation.IsTcp) return Drop(DropReason.Unexpected);

        // The peer's IP address needs a permission, and its address and port must be allowed.
        var peer = message.Peer;
        var isAllowed = Judge(ref peer, out var isOwn) == PeerVerdict.Allowed;
        if (!allocation.Permissions.Allows(peer.Ip)) return Drop(DropReason.NoPermission);
        if (!isAllowed) return Drop(isOwn ? DropReason.NotRelayed : DropReason.PeerDenied);

        packet.Keep(message.DataStart, message.DataLength);
        return SendToPeer(allocation, peer, isOwn, message.DontFragment, ref packet);
    }

    /// <summary>
    /// Sends payload to a peer. A relayed transport address of this relay is served inside the process. Other addresses of this host need a
    /// rule of the settings, also when the host got the address after the channel was bound.
    /// </summary>
    private Forward SendToPeer(Allocation sender, in TransportAddress peer, bool isOwn, bool dontFragment, ref Packet packet)
    {
        if (sender.Relayed[peer.Family] is not { } relayed) return Drop(DropReason.FamilyMismatch);

        AllocationId id = default;
        var isRelayed = isOwn && _shared.Relayed.TryFind(peer, out id);
        if (!isRelayed && IsForbiddenOnHost(peer, isOwn)) return Drop(DropReason.NotRelayed);

        if (!packet.Ip.TryHop(out var ip)) return Drop(DropReason.HopLimit);

        packet.Ip = ip;
        sender.PacketsToPeers++;
        sender.BytesToPeers += packet.Length;
        if (!IsStun(packet.Bytes)) sender.CallBytes += packet.Length;
        if (!isRelayed)
        {
            Counters.ToPeers.Add(packet.Length);
            return new(ForwardKind.ToPeer, default, sender.Id, relayed.Local, peer, dontFragment);
        }

        if (relayed.Holder.IsProbe)
        {
            // The relay's own probe tests sockets: to the local form of the address, which is of the same family and so has the same IP
            // address.
            Counters.ToPeers.Add(packet.Length);
            return new(ForwardKind.ToPeer, default, sender.Id, relayed.Local, relayed.Local with { Port = peer.Port });
        }

        Counters.InProcess.Add(packet.Length);
        if (id.Shard != _index) return new(ForwardKind.ToShard, default, id, default, relayed.Public);
        return Find(id) is { } receiver ? SendToClient(receiver, relayed.Public, ref packet) : Drop(DropReason.NoAllocation);
    }

    /// <summary>A datagram from the network.</summary>
    private Forward Receive(Allocation receiver, TransportAddress peer, ref Packet packet)
    {
        // The relay's own probe sends to itself by its socket.
        var isProbe = receiver.Relayed[peer.Family] is { Holder.IsProbe: true } probe && probe.Local == peer;
        var isOwn = _shared.Relayed.IsOwn(ref peer);
        if (isProbe) return SendToClient(receiver, peer, ref packet);

        // Allocations of this relay never send to each other over the network, so such a source is forged. Others on this host need a rule
        // of the settings.
        if (isOwn && _shared.Relayed.TryFind(peer, out _)) return Drop(DropReason.NotRelayed);
        if (IsForbiddenOnHost(peer, isOwn)) return Drop(DropReason.NotRelayed);

        Counters.FromPeers.Add(packet.Length);
        return SendToClient(receiver, peer, ref packet);
    }

    /// <summary>
    /// Sends payload from a peer to the client: as ChannelData when a channel is bound, else as a Data indication (RFC 8656 §11.3, §12.7).
    /// </summary>
    private Forward SendToClient(Allocation receiver, in TransportAddress peer, ref Packet packet)
    {
        if (receiver.IsTcp) return Drop(DropReason.NoAllocation);
        if (!receiver.Permissions.Allows(peer.Ip)) return Drop(DropReason.NoPermission);
        if (!packet.Ip.TryHop(out var ip)) return Drop(DropReason.HopLimit);

        packet.Ip = ip;
        var payload = packet.Length;
        var isStun = IsStun(packet.Bytes);
        var fits = receiver.Channels.TryGet(peer, out var channel)
            ? TryWrapInChannelData(channel.Number, receiver.Client, ref packet)
            : TryWrapInDataIndication(peer, receiver.Client, ref packet);
        if (!fits) return Drop(DropReason.TooLong);

        receiver.PacketsToClient++;
        receiver.BytesToClient += payload;
        if (!isStun) receiver.CallBytes += payload;
        Counters.ToClients.Add(packet.Length);
        return new(ForwardKind.ToClient, receiver.Client, receiver.Id, default, default);
    }

    /// <summary>Whether payload is STUN and not media, by its first byte (RFC 7983 §7).</summary>
    private static bool IsStun(ReadOnlySpan<byte> payload) => payload.Length >= StunConstants.HeaderLength && payload[0] <= 3;

    /// <summary>The longest message to a client: limited by its length field in a stream, else by the datagram.</summary>
    private static int MaxMessage(in ClientHandle client) =>
        client.IsStream ? Packet.MaxLength : Packet.MaxPayload(client.Address.Family);

    private static bool TryWrapInChannelData(ushort number, in ClientHandle client, ref Packet packet)
    {
        var payload = packet.Length;
        if (payload > ushort.MaxValue || payload + ChannelData.HeaderLength > MaxMessage(client)) return false;

        ChannelData.WriteHeader(packet.Prepend(ChannelData.HeaderLength), number, payload);
        if (client.IsStream) packet.Pad();
        return true;
    }

    /// <summary>Data indication: header, XOR-PEER-ADDRESS, and DATA with the payload in place (RFC 8656 §11.3).</summary>
    private bool TryWrapInDataIndication(in TransportAddress peer, in ClientHandle client, ref Packet packet)
    {
        var payload = packet.Length;
        var addressLength = StunConstants.AttributeHeaderLength + StunAddress.Length(peer);
        var attributes = addressLength + StunConstants.AttributeHeaderLength + StunConstants.Padded(payload);
        if (attributes > ushort.MaxValue || StunConstants.HeaderLength + attributes > MaxMessage(client)) return false;

        packet.Pad();
        var header = packet.Prepend(StunConstants.HeaderLength + addressLength + StunConstants.AttributeHeaderLength);
        var indication = new StunWriter(header, StunClass.Indication, StunMethod.Data, _random.NextTransactionId());
        indication.AddXorAddress(StunAttributeType.XorPeerAddress, peer);

        var data = header[(StunConstants.HeaderLength + addressLength)..];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)StunAttributeType.Data);
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)payload);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)attributes);
        return true;
    }

    private Allocation? Find(in AllocationId id) => _slots.Find(id);
}
