using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>The limit that a new connection exceeds.</summary>
public enum ConnectionBound : byte
{
    /// <summary>None: the connection is admitted.</summary>
    None,

    /// <summary>The limit on all connections.</summary>
    All,

    /// <summary>The limit on the connections of the client's address or network.</summary>
    Network,
}

/// <summary>
/// Counts connections, in total and by address. A customer has one IPv4 address but a whole network of IPv6 addresses, so a client counts
/// in each of its networks (<see cref="ClientNetwork"/>). Thread-safe.
/// </summary>
/// <param name="connections">The limit on all connections.</param>
/// <param name="perAddress">The limit for one IPv4 address or IPv6 /64; wider networks have a multiple of it.</param>
public sealed class ConnectionLimits(int connections, int perAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ClientNetwork, int> _perNetwork = [];
    private int _connections = connections;
    private int _perAddress = perAddress;
    private int _all;

    /// <summary>The open connections.</summary>
    public int Count => Volatile.Read(ref _all);

    /// <summary>The networks with open connections: at most one for an IPv4 connection, three for an IPv6 connection.</summary>
    internal int Networks
    {
        get
        {
            lock (_gate) return _perNetwork.Count;
        }
    }

    /// <summary>Changes the limits. Open connections stay; none is admitted while a limit is exceeded.</summary>
    /// <param name="connections">The limit on all connections.</param>
    /// <param name="perAddress">The limit for one IPv4 address or IPv6 /64.</param>
    public void SetBounds(int connections, int perAddress)
    {
        lock (_gate) (_connections, _perAddress) = (connections, perAddress);
    }

    /// <summary>Admits a connection; false when a limit is reached.</summary>
    public bool TryEnter(IpAddress address) => TryEnter(address, out _) == ConnectionBound.None;

    /// <summary>Admits a connection, or tells which limit is reached.</summary>
    /// <param name="address">The client's address.</param>
    /// <param name="full">The network that is full, for <see cref="ConnectionBound.Network"/>.</param>
    public ConnectionBound TryEnter(IpAddress address, out IpPrefix full)
    {
        lock (_gate)
        {
            if (IsFull(address, out full)) return ConnectionBound.Network;
            if (_all >= _connections) return ConnectionBound.All;
            _all++;
            Enter(address);
            return ConnectionBound.None;
        }
    }

    /// <summary>
    /// Admits a connection whose client isn't known yet, as one from a proxy: it counts to the limit on all connections only, until
    /// <see cref="TryIdentify"/>.
    /// </summary>
    public bool TryEnterUnknown()
    {
        lock (_gate)
        {
            if (_all >= _connections) return false;
            _all++;
            return true;
        }
    }

    /// <summary>Counts an admitted connection to its client's networks too; false when one of them is full.</summary>
    public bool TryIdentify(IpAddress address, out IpPrefix full)
    {
        lock (_gate)
        {
            if (IsFull(address, out full)) return false;
            Enter(address);
            return true;
        }
    }

    /// <summary>Undoes <see cref="TryIdentify"/>; the connection stays admitted.</summary>
    public void Forget(IpAddress address)
    {
        lock (_gate) Exit(address);
    }

    /// <summary>Removes an admitted connection.</summary>
    /// <param name="address">The client's address; null for one whose client never was known.</param>
    public void Leave(IpAddress? address)
    {
        lock (_gate)
        {
            _all--;
            if (address is { } known) Exit(known);
        }
    }

    private bool IsFull(IpAddress address, out IpPrefix full)
    {
        foreach (var network in ClientNetwork.Of(address))
        {
            if (_perNetwork.GetValueOrDefault(network) < network.Share(_perAddress)) continue;
            full = new(network.Prefix, network.Length);
            return true;
        }

        full = default;
        return false;
    }

    private void Enter(IpAddress address)
    {
        foreach (var network in ClientNetwork.Of(address)) _perNetwork[network] = _perNetwork.GetValueOrDefault(network) + 1;
    }

    private void Exit(IpAddress address)
    {
        foreach (var network in ClientNetwork.Of(address))
        {
            if (--_perNetwork[network] == 0) _perNetwork.Remove(network);
        }
    }
}
