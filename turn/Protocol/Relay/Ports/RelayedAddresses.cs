using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay.Ports;

/// <summary>
/// Maps the relayed transport addresses of all shards to their allocations: ports are claimed here before they are opened, and packets
/// between allocations are routed by it. Lookups are lock-free and don't allocate. Addresses are stored in their public form; the local
/// form is translated.
/// </summary>
internal sealed class RelayedAddresses
{
    /// <summary>The most addresses to keep; of those that no longer serve, the oldest is removed.</summary>
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

    /// <summary>The relay's current addresses; the first one of a family serves that family.</summary>
    internal RelayAddress[] Own => _own;

    private IEnumerable<RelayAddress> Serving => _own.DistinctBy(address => address.Family);

    internal int Count => _allocations.Count;

    /// <summary>The free ports of each family.</summary>
    internal IEnumerable<PortPool> Ports => Serving.Select(address => _ports[address.Public]);

    /// <summary>
    /// Makes an address serve its family. Allocations on the previous one continue, and it remains one of the relay's own.
    /// </summary>
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
    /// Whether an IP address is the relay's own; if so, translates it to its public form. Every peer's address is translated on entry, so
    /// that permissions and channels match either form.
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

    /// <summary>The local form of a peer's address, which this host can connect to; the same unless it is the relay's own.</summary>
    internal TransportAddress LocalOf(TransportAddress address)
    {
        foreach (var own in _own)
        {
            if (own.Public == address.Ip) return address with { Ip = own.Local };
        }

        return address;
    }

    /// <summary>Claims a free port of an address, and for a pair the next one too. False when none is free.</summary>
    /// <param name="address">The address that serves the family.</param>
    /// <param name="rule">Which ports may be taken.</param>
    /// <param name="random">A random number, which selects the port.</param>
    /// <param name="now">The time.</param>
    /// <param name="allocation">The owner of the port.</param>
    /// <param name="reserved">The owner of the next port, for a pair.</param>
    /// <param name="port">The port.</param>
    internal bool TryClaim(
        RelayAddress address, PortRule rule, ulong random, Instant now, AllocationId allocation, AllocationId? reserved, out ushort port)
    {
        port = 0;
        if (!_ports.TryGetValue(address.Public, out var ports) || !ports.TryTake(rule, random, now.Milliseconds, out port)) return false;
        _allocations[new(address.Public, port)] = allocation;
        if (rule == PortRule.Pair) _allocations[new(address.Public, (ushort)(port + 1))] = reserved!.Value;
        return true;
    }

    /// <summary>
    /// Claims a port outside the range for one of <see cref="ProbeClients"/>, when clients use the whole range. Its packets stay on this
    /// host, so no firewall needs to open the port. False while the system refuses the whole range, because then the relay can't relay for
    /// clients either.
    /// </summary>
    internal bool TryClaimOutside(RelayAddress address, ulong random, Instant now, AllocationId allocation, out ushort port) =>
        _ports[address.Public].TryDrawOutside(random, now.Milliseconds, out port)
        && _allocations.TryAdd(new(address.Public, port), allocation);

    /// <summary>Moves a claimed address to another allocation.</summary>
    internal void Move(TransportAddress address, AllocationId allocation) => _allocations[address] = allocation;

    /// <summary>Releases a claimed address.</summary>
    internal void Release(TransportAddress address)
    {
        // Removed before the port is free for another allocation.
        if (_allocations.TryRemove(address, out _) && _ports.TryGetValue(address.Ip, out var ports)) ports.Release(address.Port);
    }

    /// <summary>Releases a claimed address whose port another program uses.</summary>
    internal void PutAside(TransportAddress address, Instant now)
    {
        if (_allocations.TryRemove(address, out _) && _ports.TryGetValue(address.Ip, out var ports))
            ports.PutAside(address.Port, now.Milliseconds);
    }

    internal bool TryFind(in TransportAddress address, out AllocationId allocation) => _allocations.TryGetValue(address, out allocation);
}
