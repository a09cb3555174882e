using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// How much of something the clients of each network hold, up to a limit. Not thread-safe: the owner locks. Networks that hold nothing are
/// not stored, so there are at most three entries for each client that holds something.
/// </summary>
/// <param name="perAddress">Gets the limit of one IPv4 address or IPv6 /64; a /56 may hold twice as much, a /48 four times.</param>
internal sealed class NetworkAmounts(Func<long> perAddress)
{
    private readonly Dictionary<ClientNetwork, long> _held = [];

    /// <summary>Gets the number of networks that hold something.</summary>
    public int Networks => _held.Count;

    /// <summary>Gets the first network that cannot hold this much more; null if each can.</summary>
    public ClientNetwork? Full(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        var limit = perAddress();
        foreach (var network in networks)
            if (_held.GetValueOrDefault(network) + amount > limit * network.Multiple)
                return network;
        return null;
    }

    /// <summary>Adds to what the networks hold, even beyond the limit.</summary>
    public void Add(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var network in networks) _held[network] = _held.GetValueOrDefault(network) + amount;
    }

    /// <summary>Subtracts from what the networks hold.</summary>
    public void Remove(ReadOnlySpan<ClientNetwork> networks, long amount = 1)
    {
        foreach (var network in networks)
            if ((_held[network] -= amount) == 0)
                _held.Remove(network);
    }
}
