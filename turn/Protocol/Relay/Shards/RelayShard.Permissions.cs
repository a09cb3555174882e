using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>CreatePermission and ChannelBind (RFC 8656 §10.2, §12.2).</summary>
public sealed partial class RelayShard
{
    internal void HandleCreatePermission(in Transaction transaction, in StunMessage message, Instant now, Allocation allocation)
    {
        // All peers are permitted, or none. Of several errors the first one of the RFC is answered.
        var peers = new HashSet<IpAddress>();
        var (isMalformed, isOfOtherFamily, isForbidden) = (false, false, false);
        foreach (var attribute in message)
        {
            if (attribute.Type != StunAttributeType.XorPeerAddress) continue;
            if (!StunAddress.TryReadXor(attribute.Value, transaction.Id, out var peer))
            {
                isMalformed = true;
                break;
            }

            // The port is ignored (RFC 8656 §9). Each address is judged once, and no more of them than could ever be permitted: judging 700
            // would delay the whole shard.
            var written = peer;
            _shared.Relayed.IsOwn(ref peer);
            if (!peers.Add(peer.Ip)) continue;
            if (peers.Count > _settings.Quotas.PermissionsPerAllocation) break;
            isOfOtherFamily |= allocation.Relayed[peer.Family] is null;
            isForbidden |= Judge(ref written) != PeerVerdict.Allowed;
        }

        // No XOR-PEER-ADDRESS, or a malformed one: 400. Of another family than the relayed address: 443. Not allowed: 403. No room: 508.
        if (isMalformed || peers.Count == 0) Refuse(transaction, StunErrorCode.BadRequest);
        else if (isOfOtherFamily) Refuse(transaction, StunErrorCode.PeerAddressFamilyMismatch);
        else if (isForbidden) Refuse(transaction, StunErrorCode.Forbidden);
        else if (!TryPermit(allocation, [.. peers], _settings.PermissionSeconds, now))
        {
            Refuse(transaction, StunErrorCode.InsufficientCapacity);
        }
        else
        {
            var response = Succeed(transaction);
            Send(transaction, ref response);
        }
    }

    internal void HandleChannelBind(in Transaction transaction, in StunMessage message, Instant now, Allocation allocation)
    {
        // A TCP allocation has connections and no channels (RFC 6062 §3).
        if (allocation.IsTcp)
        {
            Refuse(transaction, StunErrorCode.Forbidden);
            return;
        }

        // CHANNEL-NUMBER: number (16 bits), reserved (16 bits). An attribute is missing, the number is out of range, or the number or the
        // peer is bound to another: 400.
        if (!message.TryGetUInt32(StunAttributeType.ChannelNumber, out var value)
            || !message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var peer))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        var number = (ushort)(value >> 16);
        var verdict = Judge(ref peer, out var isOwn);
        if (!ChannelData.IsChannel(number) || !allocation.Channels.Agrees(number, peer))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        // Of another family than the relayed address: 443. Not allowed: 403. No room: 508.
        if (allocation.Relayed[peer.Family] is null) Refuse(transaction, StunErrorCode.PeerAddressFamilyMismatch);
        else if (verdict != PeerVerdict.Allowed) Refuse(transaction, StunErrorCode.Forbidden);
        else if (!allocation.Channels.HasRoomFor(number) || !TryPermit(allocation, [peer.Ip], ChannelPermissionSeconds, now))
        {
            Refuse(transaction, StunErrorCode.InsufficientCapacity);
        }
        else
        {
            Bind(allocation, number, peer, isOwn, now);
            var response = Succeed(transaction);
            Send(transaction, ref response);
        }
    }

    /// <summary>
    /// Judges a peer's IP address, and translates it to its public form. The relay's own addresses are allowed, because other allocations
    /// have them, unless a deny rule names one in either form; other services there are judged with their port.
    /// </summary>
    private PeerVerdict Judge(ref TransportAddress peer)
    {
        var isNamed = _settings.Peers.DeniesOwn(peer.Ip);
        if (_shared.Relayed.IsOwn(ref peer))
            return isNamed || _settings.Peers.DeniesOwn(peer.Ip) ? PeerVerdict.DeniedBySettings : PeerVerdict.Allowed;
        if (_shared.Host.Contains(peer.Ip)) return _settings.Peers.AllowsOnHost(peer.Ip) ? PeerVerdict.Allowed : PeerVerdict.DeniedHost;
        return _settings.Peers.Judge(peer.Ip);
    }

    /// <summary>Judges a peer with its port. Port 0 is denied: no datagram can be sent there.</summary>
    private PeerVerdict Judge(ref TransportAddress peer, out bool isOwn)
    {
        var isNamed = _settings.Peers.DeniesOwn(peer.Ip);
        isOwn = _shared.Relayed.IsOwn(ref peer);
        if (isOwn && (isNamed || _settings.Peers.DeniesOwn(peer.Ip))) return PeerVerdict.DeniedBySettings;
        if (peer.Port == 0) return PeerVerdict.DeniedAddress;
        if (isOwn && IsRelayedPort(peer.Port)) return PeerVerdict.Allowed;
        if (isOwn || _shared.Host.Contains(peer.Ip))
            return _settings.Peers.AllowsOnHost(peer) ? PeerVerdict.Allowed : PeerVerdict.DeniedHost;
        return _settings.Peers.Judge(peer);
    }

    // Whether a peer that isn't a relayed transport address is on the relay's host and the settings don't allow it.
    private bool IsForbiddenOnHost(in TransportAddress peer, bool isOwn) =>
        (isOwn || _shared.Host.Contains(peer.Ip)) && (peer.Port == 0 || !_settings.Peers.AllowsOnHost(peer));

    private bool IsRelayedPort(ushort port) => port >= _settings.FirstPort && port <= _settings.LastPort;

    // RFC 8656 §12.2 lets a ChannelBind refresh the permission for the usual five minutes. Here it lasts as long as the channel, as with
    // coturn and pion: clients that only refresh the channel, such as aioice and werift, would lose what their peers send after five
    // minutes.
    private int ChannelPermissionSeconds => int.Max(_settings.PermissionSeconds, _settings.ChannelSeconds);

    private bool TryPermit(Allocation allocation, ReadOnlySpan<IpAddress> peers, int seconds, Instant now)
    {
        var expiresAt = now.Milliseconds + seconds * 1000L;
        if (!allocation.Permissions.TryInstall(peers, expiresAt)) return false;

        PurgeBy(allocation, expiresAt);
        return true;
    }

    private void Bind(Allocation allocation, ushort number, in TransportAddress peer, bool isOwn, Instant now)
    {
        var expiresAt = now.Milliseconds + _settings.ChannelSeconds * 1000L;
        allocation.Channels.Bind(number, peer, isOwn, expiresAt);
        PurgeBy(allocation, expiresAt);
    }

    private void PurgeBy(Allocation allocation, long deadline)
    {
        if (deadline >= allocation.PurgeAt) return;
        allocation.PurgeAt = deadline;
        Rearm(allocation);
    }
}
