using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// What the clients of each network hold of something, and no more than a bound. Not for several threads: its owner has the lock. Networks of which
/// nothing is held are not kept, so there are three at most for each client that holds something.
/// </summary>
/// <param name="perAddress">How much one IPv4 address or IPv6 /64 may hold; a /56 twice as much, a /48 four times.</param>
internal sealed class NetworkAmounts(long perAddress)
{
    private readonly Dictionary<ClientNetwork, long> _held = [];

    /// <summary>How much one IPv4 address or IPv6 /64 may hold. A lower bound takes nothing away.</summary>
    public long PerAddress { get; set; } = perAddress;

    /// <summary>How many networks hold something.</summary>
    public int Networks => _held.Count;

    /// <summary>The first network that cannot hold so much more; null when each can.</summary>
    public ClientNetwork? Full(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var network in networks)
            if (_held.GetValueOrDefault(network) + amount > PerAddress * network.Multiple)
                return network;
        return null;
    }

    /// <summary>Adds to what the networks hold, whether the bound allows it or not.</summary>
    public void Add(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var network in networks) _held[network] = _held.GetValueOrDefault(network) + amount;
    }

    /// <summary>Takes from what the networks hold.</summary>
    public void Remove(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var network in networks)
            if ((_held[network] -= amount) == 0)
                _held.Remove(network);
    }
}
