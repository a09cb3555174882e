using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay.Ports;

/// <summary>
/// Which allocation has which relayed transport address, over all shards: ports are claimed here before they are opened, and packets from one allocation to
/// another find their way. Reads take no lock and allocate nothing. Addresses are kept in their public form; the local form is translated by its IP address.
/// </summary>
internal sealed class RelayedAddresses
{
    /// <summary>How many addresses are known at once; of those that serve no longer the oldest is forgotten.</summary>
    internal const int MaxOwn = 16;

    private readonly ConcurrentDictionary<TransportAddress, AllocationId> _allocations = new();
    private readonly ConcurrentDictionary<IpAddress, PortPool> _ports = [];
    private readonly Lock _changing = new();
    private readonly ushort _firstPort;
    private readonly ushort _lastPort;
    private volatile RelayAddress[] _own;

    /// <param name="own">The relay's addresses; the first one of a family serves that family.</param>
    /// <param name="firstPort">The first relayed port.</param>
    /// <param name="lastPort">The last one.</param>
    internal RelayedAddresses(IEnumerable<RelayAddress> own, ushort firstPort, ushort lastPort)
    {
        (_own, _firstPort, _lastPort) = ([.. own], firstPort, lastPort);
        foreach (var address in Serving) _ports[address.Public] = new(firstPort, lastPort);
    }

    /// <summary>The relay's addresses at this moment; the first one of a family serves that family.</summary>
    internal RelayAddress[] Own => _own;

    private IEnumerable<RelayAddress> Serving => _own.DistinctBy(address => address.Family);

    internal int Count => _allocations.Count;

    /// <summary>The free ports of each family.</summary>
    internal IEnumerable<PortPool> Ports => Serving.Select(address => _ports[address.Public]);

    /// <summary>Has an address serve its family from now on. What stands on the one before goes on, and that stays one of the relay's own.</summary>
    internal void Serve(RelayAddress address)
    {
        lock (_changing)
        {
            _ports.TryAdd(address.Public, new(_firstPort, _lastPort));
            var own = _own.Where(other => other != address).ToList();
            var before = own.FindIndex(other => other.Family == address.Family);
            own.Insert(before < 0 ? own.Count : before, address);
            if (own.Count > MaxOwn)
            {
                var oldest = own.Except(own.DistinctBy(other => other.Family)).Last();
                own.Remove(oldest);
                _ports.TryRemove(oldest.Public, out _);
            }

            _own = [.. own];
        }
    }

    /// <summary>
    /// Whether an IP address is the relay's own, and its public form. A peer's address is brought into this form wherever it enters, so that permissions and
    /// channels match by either.
    /// </summary>
    internal bool IsOwn(ref TransportAddress address)
    {
        foreach (var own in _own)
        {
            if (own.Public == address.Ip) return true;
            if (own.Local != address.Ip) continue;
            address = address with { Ip = own.Public };
            return true;
        }

        return false;
    }

    /// <summary>Claims a free port of an address; of a pair the next one too. False when there is none.</summary>
    /// <param name="address">The address that serves the family.</param>
    /// <param name="rule">Which ports may be taken.</param>
    /// <param name="random">A random number, which chooses among them.</param>
    /// <param name="now">The time.</param>
    /// <param name="allocation">Whose port it becomes.</param>
    /// <param name="reserved">Whose port the next one becomes; of a pair.</param>
    /// <param name="port">The port.</param>
    internal bool TryClaim(RelayAddress address, PortRule rule, ulong random, Instant now, AllocationId allocation, AllocationId? reserved, out ushort port)
    {
        port = 0;
        if (!_ports.TryGetValue(address.Public, out var ports) || !ports.TryTake(rule, random, now.Milliseconds, out port)) return false;
        _allocations[new(address.Public, port)] = allocation;
        if (rule == PortRule.Pair) _allocations[new(address.Public, (ushort)(port + 1))] = reserved!.Value;
        return true;
    }

    /// <summary>
    /// Claims a port outside the range, for one of <see cref="ProbeClients"/>, when clients have the whole range: its packets stay on this host, where no firewall
    /// rule asks for the port. False while the system refuses the whole range, because then nobody can be relayed.
    /// </summary>
    internal bool TryClaimOutside(RelayAddress address, ulong random, Instant now, AllocationId allocation, out ushort port) =>
        _ports[address.Public].TryDrawOutside(random, now.Milliseconds, out port) && _allocations.TryAdd(new(address.Public, port), allocation);

    /// <summary>Gives a claimed address to another allocation.</summary>
    internal void Move(TransportAddress address, AllocationId allocation) => _allocations[address] = allocation;

    /// <summary>Gives a claimed address back.</summary>
    internal void Release(TransportAddress address)
    {
        // Before its port is free again, and somebody else's.
        if (_allocations.TryRemove(address, out _) && _ports.TryGetValue(address.Ip, out var ports)) ports.Release(address.Port);
    }

    /// <summary>Gives back a claimed address whose port the system refused.</summary>
    internal void PutAside(TransportAddress address, Instant now)
    {
        if (_allocations.TryRemove(address, out _) && _ports.TryGetValue(address.Ip, out var ports)) ports.PutAside(address.Port, now.Milliseconds);
    }

    internal bool TryFind(in TransportAddress address, out AllocationId allocation) => _allocations.TryGetValue(address, out allocation);
}
