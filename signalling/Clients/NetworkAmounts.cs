using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// What the clients of each network hold of something, and no more than a bound. Not for several threads: its owner has the lock. Networks of which
/// nothing is held are not kept, so there are three at most for each client that holds something.
/// </summary>
/// <param name="perAddress">How much one IPv4 address or IPv6 /64 may hold; a /56 twice as much, a /48 four times.</param>
internal sealed class NetworkAmounts(long perAddress)
{
    private readonly Dictionary<IpPrefix, long> _held = [];

    /// <summary>How much one IPv4 address or IPv6 /64 may hold. A lower bound takes nothing away.</summary>
    public long PerAddress { get; set; } = perAddress;

    /// <summary>How many networks hold something.</summary>
    public int Networks => _held.Count;

    /// <summary>The first network that cannot hold so much more; null when each can.</summary>
    public IpPrefix? Full(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var (prefix, multiple) in networks)
            if (_held.GetValueOrDefault(prefix) + amount > PerAddress * multiple)
                return prefix;
        return null;
    }

    /// <summary>Adds to what the networks hold, whether the bound allows it or not.</summary>
    public void Add(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var (prefix, _) in networks) _held[prefix] = _held.GetValueOrDefault(prefix) + amount;
    }

    /// <summary>Takes from what the networks hold.</summary>
    public void Remove(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var (prefix, _) in networks)
            if ((_held[prefix] -= amount) == 0)
                _held.Remove(prefix);
    }
}
