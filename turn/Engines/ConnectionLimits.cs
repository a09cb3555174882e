using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>How many connections there are, together and from one place: an IPv4 address, or an IPv6 network of 64 bits.</summary>
/// <param name="connections">How many there may be together.</param>
/// <param name="perAddress">How many there may be from one place.</param>
public sealed class ConnectionLimits(int connections, int perAddress)
{
    // One customer usually has a /64 of IPv6, so its addresses count as one.
    private const int HostBits = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<IpAddress, int> _perPlace = [];
    private int _all;

    /// <summary>The connections that hold a place.</summary>
    public int Count => Volatile.Read(ref _all);

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter(IpAddress address)
    {
        var place = Place(address);
        lock (_gate)
        {
            var here = _perPlace.GetValueOrDefault(place);
            if (_all >= connections || here >= perAddress) return false;
            _perPlace[place] = here + 1;
            _all++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(IpAddress address)
    {
        var place = Place(address);
        lock (_gate)
        {
            _all--;
            if (_perPlace[place] == 1) _perPlace.Remove(place);
            else _perPlace[place]--;
        }
    }

    private static IpAddress Place(IpAddress address) =>
        address.Family == IpFamily.IPv6 ? address with { Bits = address.Bits >> HostBits << HostBits } : address;
}
