using System.Collections.Frozen;

namespace Causeway.Turn.Protocol.Relay.Peers;

/// <summary>The addresses of the relay's host. Read with every packet, without a lock and without allocating; replaced as a whole.</summary>
internal sealed class HostAddressSet
{
    private volatile FrozenSet<IpAddress> _addresses = [];

    internal void Set(IEnumerable<IpAddress> addresses) => _addresses = addresses.ToFrozenSet();

    /// <summary>Whether an address is the host's, or embeds one that is: what translates it may stand on this host, or behind it.</summary>
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
