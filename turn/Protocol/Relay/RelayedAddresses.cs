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

    internal RelayedAddresses(IEnumerable<RelayAddress> own) => _own = [.. own];

    internal int Count => _allocations.Count;

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

    /// <summary>Claims an address; false when it is taken.</summary>
    internal bool TryClaim(TransportAddress address, AllocationId allocation) => _allocations.TryAdd(address, allocation);

    /// <summary>Gives a claimed address to another allocation.</summary>
    internal void Move(TransportAddress address, AllocationId allocation) => _allocations[address] = allocation;

    internal void Release(TransportAddress address) => _allocations.TryRemove(address, out _);

    internal bool TryFind(in TransportAddress address, out AllocationId allocation) => _allocations.TryGetValue(address, out allocation);
}
