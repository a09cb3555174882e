using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Peers;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Settings that change while the relay runs (<see cref="RelayShared.Reload"/>).</summary>
public sealed partial class RelayShard
{
    private void Adopt(RelaySettings settings)
    {
        var before = _settings;
        _settings = settings;
        if (ReferenceEquals(before.Peers, settings.Peers)) return;

        // Whom the new rules deny is no longer reached, however long it was permitted for.
        foreach (var allocation in _allocations.Values)
        {
            allocation.Permissions.RemoveWhere(IsDenied);
            allocation.Channels.RemoveWhere(IsDenied);
        }
    }

    private bool IsDenied(IpAddress peer)
    {
        var address = new TransportAddress(peer, 0);
        return Judge(ref address) != PeerVerdict.Allowed;
    }

    private bool IsDenied(Channel channel)
    {
        var peer = channel.Peer;
        return Judge(ref peer, out _) != PeerVerdict.Allowed;
    }
}
