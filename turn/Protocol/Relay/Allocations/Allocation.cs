using Causeway.Turn.Protocol.Relay.Authentication;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>An allocation (RFC 8656 §3.2): a client's five-tuple, its relayed transport addresses, permissions and channels.</summary>
internal sealed class Allocation(AllocationId id, ClientHandle client, Identity owner, RelaySettings settings) : Timed
{
    internal AllocationId Id { get; } = id;

    internal ClientHandle Client { get; } = client;

    /// <summary>The credential that created it; all its requests must use the same (RFC 8656 §5).</summary>
    internal Identity Owner { get; } = owner;

    /// <summary>When it was created, in seconds since 1970 (UTC).</summary>
    internal required long CreatedAt { get; init; }

    /// <summary>Whether its relayed addresses are of TCP (RFC 6062), which carry no datagrams; else they are of UDP.</summary>
    internal bool IsTcp { get; init; }

    /// <summary>The relayed transport addresses; a dual allocation has two.</summary>
    internal PerFamily<RelayedAddress> Relayed;

    /// <summary>The rate of ICMP errors that are reported to the client.</summary>
    internal PeerErrorLimit PeerErrors;

    internal PermissionTable Permissions { get; } = new(settings.Quotas.PermissionsPerAllocation);

    internal ChannelTable Channels { get; } = new(settings.Quotas.ChannelsPerAllocation);

    /// <summary>Whether it has ended. A caller that found it without the shard's lock must check again under the lock.</summary>
    internal bool HasEnded { get; set; }

    internal long PacketsToPeers { get; set; }

    internal long BytesToPeers { get; set; }

    internal long PacketsToClient { get; set; }

    internal long BytesToClient { get; set; }

    /// <summary>Payload other than STUN, both ways together; <see cref="RelayUse.Bytes"/> is their sum.</summary>
    internal long CallBytes { get; set; }

    internal AllocationUsage Usage => new(PacketsToPeers, BytesToPeers, PacketsToClient, BytesToClient);

    /// <summary>The response to the Allocate request; empty once a Refresh shows that the client has it.</summary>
    internal CachedResponse CachedResponse { get; set; }

    /// <summary>
    /// When to purge permissions and channels: never later than the first of them expires. A refresh doesn't change it; the purge then
    /// finds nothing and sets the next time.
    /// </summary>
    internal long PurgeAt { get; set; } = long.MaxValue;

    /// <summary>When the next part of it expires.</summary>
    internal long NextEnd => Relayed.Values.Aggregate(PurgeAt, (next, relayed) => long.Min(next, relayed.ExpiresAt));
}
