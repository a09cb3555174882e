namespace Causeway.Turn.Protocol.Relay;

/// <summary>Which port an opening tries next (RFC 8656 §7.2). Ports are claimed over all shards before their sockets are asked for.</summary>
public sealed partial class RelayShard
{
    private const int MaxRandomDraws = 32;

    /// <summary>Claims a port that was not tried yet, of a pair both, and asks for its socket.</summary>
    private bool TryOpenPort(Opening opening)
    {
        opening.Current = null;
        opening.Reserved = null;
        opening.IsSecondOfPair = false;
        _settings.TryGetAddress(opening.Family, out var address);

        // Ports are drawn at random, so that nobody can guess them (RFC 8656 §7.2). When most are taken, the rest is looked through from a random one on.
        var count = _settings.LastPort - _settings.FirstPort + 1;
        for (var draw = 0; draw < MaxRandomDraws; draw++)
        {
            if (TryClaim(opening, address, _settings.FirstPort + _random.Below(count))) return true;
        }

        var first = _random.Below(count);
        for (var i = 0; i < count; i++)
        {
            if (TryClaim(opening, address, _settings.FirstPort + (first + i) % count)) return true;
        }

        return false;
    }

    private bool TryClaim(Opening opening, RelayAddress address, int port)
    {
        if (opening.Tried.Contains((ushort)port) || (opening.Rule != PortRule.Any && port % 2 != 0)) return false;

        var relayed = new TransportAddress(address.Public, (ushort)port);
        if (!_shared.Relayed.TryClaim(relayed, opening.Id)) return false;
        if (opening.Rule == PortRule.Pair)
        {
            // An even port is below the last one there is: the next one exists.
            var next = relayed with { Port = (ushort)(port + 1) };
            if (port == _settings.LastPort || !_shared.Relayed.TryClaim(next, opening.ReservedId!.Value))
            {
                _shared.Relayed.Release(relayed);
                return false;
            }

            opening.Reserved = new(address, next.Port);
        }

        opening.Current = new(address, relayed.Port);
        _effects.Enqueue(new OpenRelay(opening.Id, opening.Current.Local));
        return true;
    }

    private void ReleaseCurrent(Opening opening)
    {
        if (opening.Current is { } current) _shared.Relayed.Release(current.Public);
        if (opening.Reserved is { } reserved) _shared.Relayed.Release(reserved.Public);
    }
}
