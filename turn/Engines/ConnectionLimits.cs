using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>What a new connection found full.</summary>
public enum ConnectionBound : byte
{
    /// <summary>Nothing: it was let in.</summary>
    None,

    /// <summary>All connections together.</summary>
    All,

    /// <summary>Those of the client's own address or network.</summary>
    Network,
}

/// <summary>
/// How many connections there are, together and from one address. A customer has one IPv4 address, but a whole network of IPv6 addresses, so a
/// client counts in each network that it is in (<see cref="ClientNetwork"/>). Thread-safe.
/// </summary>
/// <param name="connections">How many there may be together.</param>
/// <param name="perAddress">How many there may be from one IPv4 address or IPv6 /64; wider networks have a multiple of it.</param>
public sealed class ConnectionLimits(int connections, int perAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ClientNetwork, int> _perNetwork = [];
    private int _connections = connections;
    private int _perAddress = perAddress;
    private int _all;

    /// <summary>The connections that were let in and have not left.</summary>
    public int Count => Volatile.Read(ref _all);

    /// <summary>The networks that are counted now: one for each IPv4 connection at most, three for each of IPv6.</summary>
    internal int Networks
    {
        get
        {
            lock (_gate) return _perNetwork.Count;
        }
    }

    /// <summary>Sets other bounds. Connections that were let in stay; while there are more than a bound, nothing new is let in.</summary>
    /// <param name="connections">How many there may be together.</param>
    /// <param name="perAddress">How many there may be from one IPv4 address or IPv6 /64.</param>
    public void SetBounds(int connections, int perAddress)
    {
        lock (_gate) (_connections, _perAddress) = (connections, perAddress);
    }

    /// <summary>Lets a connection in; false when a bound is reached.</summary>
    public bool TryEnter(IpAddress address) => TryEnter(address, out _) == ConnectionBound.None;

    /// <summary>Lets a connection in, or says which bound is reached.</summary>
    /// <param name="address">The client's address.</param>
    /// <param name="full">The network that is full, for <see cref="ConnectionBound.Network"/>.</param>
    public ConnectionBound TryEnter(IpAddress address, out IpPrefix full)
    {
        full = default;
        lock (_gate)
        {
            foreach (var network in ClientNetwork.Of(address))
            {
                if (_perNetwork.GetValueOrDefault(network) < network.Share(_perAddress)) continue;
                full = new(network.Prefix, network.Length);
                return ConnectionBound.Network;
            }

            if (_all >= _connections) return ConnectionBound.All;
            _all++;
            foreach (var network in ClientNetwork.Of(address)) _perNetwork[network] = _perNetwork.GetValueOrDefault(network) + 1;
            return ConnectionBound.None;
        }
    }

    /// <summary>A connection that was let in has ended.</summary>
    public void Leave(IpAddress address)
    {
        lock (_gate)
        {
            _all--;
            foreach (var network in ClientNetwork.Of(address))
            {
                if (--_perNetwork[network] == 0) _perNetwork.Remove(network);
            }
        }
    }
}
