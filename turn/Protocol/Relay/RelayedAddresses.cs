using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// Which allocation has which relayed transport address, over all shards: ports are claimed here before they are opened, and packets from one allocation to
/// another find their way. Reads take no lock and allocate nothing. Addresses are kept in their public form; the local form is translated by its IP address.
/// </summary>
internal sealed class RelayedAddresses
{
    private readonly ConcurrentDictionary<TransportAddress, AllocationId> _allocations = new();
    private readonly RelayAddress[] _own;
    private readonly Dictionary<IpAddress, PortPool> _ports = [];

    /// <param name="own">The relay's addresses; the first one of a family serves that family.</param>
    /// <param name="firstPort">The first relayed port.</param>
    /// <param name="lastPort">The last one.</param>
    internal RelayedAddresses(IEnumerable<RelayAddress> own, ushort firstPort, ushort lastPort)
    {
        _own = [.. own];
        foreach (var address in _own.DistinctBy(address => address.Family)) _ports[address.Public] = new(firstPort, lastPort);
    }

    internal int Count => _allocations.Count;

    /// <summary>The free ports of each family.</summary>
    internal IReadOnlyCollection<PortPool> Ports => _ports.Values;

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
        if (!_ports[address.Public].TryTake(rule, random, now.Milliseconds, out port)) return false;
        _allocations[new(address.Public, port)] = allocation;
        if (rule == PortRule.Pair) _allocations[new(address.Public, (ushort)(port + 1))] = reserved!.Value;
        return true;
    }

    /// <summary>Gives a claimed address to another allocation.</summary>
    internal void Move(TransportAddress address, AllocationId allocation) => _allocations[address] = allocation;

    /// <summary>Gives a claimed address back.</summary>
    internal void Release(TransportAddress address)
    {
        // Before its port is free again, and somebody else's.
        if (_allocations.TryRemove(address, out _)) _ports[address.Ip].Release(address.Port);
    }

    /// <summary>Gives back a claimed address whose port the system refused.</summary>
    internal void PutAside(TransportAddress address, Instant now)
    {
        if (_allocations.TryRemove(address, out _)) _ports[address.Ip].PutAside(address.Port, now.Milliseconds);
    }

    internal bool TryFind(in TransportAddress address, out AllocationId allocation) => _allocations.TryGetValue(address, out allocation);
}
