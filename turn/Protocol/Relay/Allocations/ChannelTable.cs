namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>A channel: a number for a peer in ChannelData (RFC 8656 §12).</summary>
internal sealed class Channel
{
    internal required ushort Number { get; init; }

    internal required TransportAddress Peer { get; init; }

    /// <summary>Whether <see cref="Peer"/> is on one of the relay's own IP addresses; looked up once for all packets.</summary>
    internal required bool IsOwn { get; init; }

    internal long ExpiresAt { get; set; }
}

/// <summary>The channels of an allocation, by number and by peer. All entries are valid, as in <see cref="PermissionTable"/>.</summary>
internal sealed class ChannelTable(int capacity)
{
    private readonly Dictionary<ushort, Channel> _byNumber = [];
    private readonly Dictionary<TransportAddress, Channel> _byPeer = [];

    internal int Count => _byNumber.Count;

    internal bool TryGet(ushort number, out Channel channel) => _byNumber.TryGetValue(number, out channel!);

    internal bool TryGet(in TransportAddress peer, out Channel channel) => _byPeer.TryGetValue(peer, out channel!);

    /// <summary>Whether a binding is new or a refresh: neither number nor peer is bound to another (RFC 8656 §12.2).</summary>
    internal bool Agrees(ushort number, in TransportAddress peer) =>
        (!_byNumber.TryGetValue(number, out var channel) || channel.Peer == peer)
        && (!_byPeer.TryGetValue(peer, out channel) || channel.Number == number);

    /// <summary>Whether there is room for the channel.</summary>
    internal bool HasRoomFor(ushort number) => _byNumber.ContainsKey(number) || _byNumber.Count < capacity;

    internal void Bind(ushort number, in TransportAddress peer, bool isOwn, long expiresAt)
    {
        if (!_byNumber.TryGetValue(number, out var channel))
        {
            channel = new() { Number = number, Peer = peer, IsOwn = isOwn };
            _byNumber.Add(number, channel);
            _byPeer.Add(peer, channel);
        }

        channel.ExpiresAt = expiresAt;
    }

    /// <summary>Removes expired channels and returns when the next one expires.</summary>
    internal long Purge(long now)
    {
        var next = long.MaxValue;
        foreach (var channel in _byNumber.Values)
        {
            if (channel.ExpiresAt <= now) Remove(channel);
            else next = long.Min(next, channel.ExpiresAt);
        }

        return next;
    }

    internal void RemoveFamily(IpFamily family) => RemoveWhere(channel => channel.Peer.Family == family);

    /// <summary>Removes the channels that meet a condition.</summary>
    internal void RemoveWhere(Predicate<Channel> condition)
    {
        foreach (var channel in _byNumber.Values)
        {
            if (condition(channel)) Remove(channel);
        }
    }

    private void Remove(Channel channel)
    {
        _byNumber.Remove(channel.Number);
        _byPeer.Remove(channel.Peer);
    }
}
