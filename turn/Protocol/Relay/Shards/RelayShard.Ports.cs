using Causeway.Turn.Protocol.Relay.Openings;
using Causeway.Turn.Protocol.Relay.Ports;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Which port an opening tries next (RFC 8656 §7.2). Ports are claimed over all shards before their sockets are asked for.</summary>
public sealed partial class RelayShard
{
    /// <summary>Claims a free port, of a pair both, and asks for its socket; false at once when there is none.</summary>
    private bool TryOpenPort(Opening opening, Instant now)
    {
        opening.Current = null;
        opening.Reserved = null;
        opening.IsSecondOfPair = false;
        opening.TryGetAddress(opening.Family, out var address);

        // Ports are drawn at random, so that nobody can guess them (RFC 8656 §7.2).
        if (!_shared.Relayed.TryClaim(address, opening.Rule, _random.NextUInt64(), now, opening.Id, opening.ReservedId, out var port)
            && !(opening.Holder.IsProbe && opening.Rule == PortRule.Any && _shared.Relayed.TryClaimOutside(address, _random.NextUInt64(), now, opening.Id, out port))) return false;

        opening.Current = new(address, port, opening.Holder);
        if (opening.Rule == PortRule.Pair) opening.Reserved = new(address, (ushort)(port + 1), opening.Holder);
        _effects.Enqueue(new OpenRelay(opening.Id, opening.Current.Local) { IsProbe = opening.Holder.IsProbe });
        return true;
    }

    private void ReleaseCurrent(Opening opening)
    {
        if (opening.Current is { } current) _shared.Relayed.Release(current.Public);
        if (opening.Reserved is { } reserved) _shared.Relayed.Release(reserved.Public);
    }

    /// <summary>The port that was asked for is another program's: it is not asked for again for a while. Of a pair the other one is free again.</summary>
    private void PutCurrentAside(Opening opening, Instant now)
    {
        var (refused, other) = opening.IsSecondOfPair ? (opening.Reserved!, opening.Current) : (opening.Current!, opening.Reserved);
        _shared.Relayed.PutAside(refused.Public, now);
        if (other is not null) _shared.Relayed.Release(other.Public);
    }
}
