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
/// How many connections there are, together and from one address. A customer has one IPv4 address, but a whole network of IPv6 addresses:
/// usually 64 bits are
/// fixed, often 56 or 48. So an IPv6 address is counted three times, and the wider networks, in which several customers may live, get a
/// multiple.
/// </summary>
/// <param name="connections">How many there may be together.</param>
/// <param name="perAddress">How many there may be from one IPv4 address or IPv6 /64; from a /56 twice as many, from a /48 four
/// times.</param>
public sealed class ConnectionLimits(int connections, int perAddress)
{
    private static readonly (int Bits, int Multiple)[] IPv4 = [(32, 1)];
    private static readonly (int Bits, int Multiple)[] IPv6 = [(64, 1), (56, 2), (48, 4)];

    private readonly Lock _gate = new();
    private readonly Dictionary<IpPrefix, int> _perNetwork = [];
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
            foreach (var (bits, multiple) in Lengths(address))
            {
                full = Network(address, bits);
                if (_perNetwork.GetValueOrDefault(full) >= (long)perAddress * multiple) return ConnectionBound.Network;
            }

            if (_all >= connections) return ConnectionBound.All;
            _all++;
            foreach (var (bits, _) in Lengths(address))
            {
                var network = Network(address, bits);
                _perNetwork[network] = _perNetwork.GetValueOrDefault(network) + 1;
            }

            return ConnectionBound.None;
        }
    }

    /// <summary>A connection that was let in has ended.</summary>
    public void Leave(IpAddress address)
    {
        lock (_gate)
        {
            _all--;
            foreach (var (bits, _) in Lengths(address))
            {
                var network = Network(address, bits);
                if (--_perNetwork[network] == 0) _perNetwork.Remove(network);
            }
        }
    }

    private static (int Bits, int Multiple)[] Lengths(IpAddress address) => address.Family == IpFamily.IPv6 ? IPv6 : IPv4;

    private static IpPrefix Network(IpAddress address, int bits)
    {
        var host = address.Length * 8 - bits;
        return new(address with { Bits = address.Bits >> host << host }, bits);
    }
}
