using System.Collections.Frozen;

namespace Causeway.Turn.Protocol.Relay.Peers;

/// <summary>The addresses of the relay's host. Replaced as a whole; lookups are lock-free and don't allocate.</summary>
internal sealed class HostAddressSet
{
    private volatile FrozenSet<IpAddress> _addresses = [];

    internal void Set(IEnumerable<IpAddress> addresses) => _addresses = addresses.ToFrozenSet();

    /// <summary>Whether an address is the host's or embeds one: a translator for it may be on this host or behind it.</summary>
    internal bool Contains(IpAddress address)
    {
        var addresses = _addresses;
        if (addresses.Contains(address)) return true;
        if (address.Family != IpFamily.IPv6) return false;

        var embedded = EmbeddedIPv4.In(address);
        for (var i = 0; i < embedded.Count; i++)
        {
            if (addresses.Contains(embedded[i])) return true;
        }

        return false;
    }
}
