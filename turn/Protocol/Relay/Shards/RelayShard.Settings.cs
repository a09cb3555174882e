using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Connections;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Changes of settings at run time (<see cref="RelayShared.Reload"/>).</summary>
public sealed partial class RelayShard
{
    private void Adopt(RelaySettings settings)
    {
        var before = _settings;
        _settings = settings;
        // Static users that are no longer in the settings, or have another password, lose their allocations.
        if (!ReferenceEquals(before.Users, settings.Users)) Revoke(owner => !owner.IsKnownTo(settings.Users));
        if (ReferenceEquals(before.Peers, settings.Peers)) return;

        // Peers that the new rules deny lose their permissions, channels and connections.
        foreach (var allocation in _allocations.Values)
        {
            allocation.Permissions.RemoveWhere(IsDenied);
            allocation.Channels.RemoveWhere(IsDenied);
            CloseConnections(allocation, IsDenied, StunErrorCode.Forbidden);
        }
    }

    private bool IsDenied(IpAddress peer)
    {
        var address = new TransportAddress(peer, 0);
        return Judge(ref address) != PeerVerdict.Allowed;
    }

    private bool IsDenied(PeerConnection connection)
    {
        var peer = connection.Peer;
        return Judge(ref peer, out _) != PeerVerdict.Allowed;
    }

    private bool IsDenied(Channel channel)
    {
        var peer = channel.Peer;
        return Judge(ref peer, out _) != PeerVerdict.Allowed;
    }
}
