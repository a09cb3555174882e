using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Datagram listeners on an unspecified address: an endpoint for each of the host's addresses, including later ones. A removed address
/// keeps its sockets for a while: when it returns, as after a late DHCP renewal, its clients continue.
/// </summary>
internal sealed class WildcardListeners(PortableEngine engine, EndpointTable endpoints)
{
    /// <summary>
    /// The endpoints of one listener, including those of removed addresses; a host with more addresses serves the first ones.
    /// </summary>
    internal const int MaxEndpoints = 256;

    // By then the allocations of its clients have expired, because nothing they sent arrived; so the number may be reused.
    private static readonly long KeptMilliseconds = (long)TimeSpan.FromHours(2).TotalMilliseconds;

    private readonly Lock _gate = new();
    private readonly List<Wildcard> _wildcards = [];
    private IReadOnlyList<IpAddress> _addresses = [];
    private bool _closed;

    /// <summary>Binds a listener on all present addresses of the host.</summary>
    /// <exception cref="SocketException">The system refuses an address, or the host has none.</exception>
    public void Bind(TransportAddress listener)
    {
        var wildcard = new Wildcard(listener);
        var bound = new List<EndpointSockets>();
        try
        {
            foreach (var address in HostAddresses.All(listener.Family).Take(MaxEndpoints))
            {
                // An IPv6 address can't be bound during duplicate address detection (RFC 4862 §5.4): it is tried again later.
                if (!TryBind(new(address, wildcard.Port), out var sockets)) continue;
                bound.Add(sockets);
                wildcard.Port = sockets.Local.Port;
            }

            if (bound.Count == 0) throw new SocketException((int)SocketError.AddressNotAvailable);
        }
        catch
        {
            foreach (var sockets in bound) sockets.Close();
            throw;
        }

        foreach (var sockets in bound) wildcard.Endpoints.Add(new(endpoints.Add(sockets), sockets.Local));
        _wildcards.Add(wildcard);
    }

    /// <summary>Opens endpoints for new addresses, and hides those of removed ones.</summary>
    public void HandleAddresses(IReadOnlyList<IpAddress> addresses)
    {
        lock (_gate)
        {
            _addresses = addresses;
            foreach (var wildcard in _wildcards) Follow(wildcard);
        }
    }

    /// <summary>Retries addresses that could not be bound, and closes endpoints of addresses removed long ago.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            foreach (var wildcard in _wildcards)
            {
                if (_addresses.Count > 0) Follow(wildcard);
                for (var i = wildcard.Endpoints.Count - 1; i >= 0; i--)
                {
                    var endpoint = wildcard.Endpoints[i];
                    if (endpoint.RemovedAt is not { } since || engine.Clock.Now.Milliseconds - since < KeptMilliseconds) continue;
                    endpoints.Remove(endpoint.Number);
                    wildcard.Endpoints.RemoveAt(i);
                }
            }
        }
    }

    public void Close()
    {
        lock (_gate) _closed = true;
    }

    private void Follow(Wildcard wildcard)
    {
        if (_closed) return;
        foreach (var endpoint in wildcard.Endpoints)
        {
            var isThere = _addresses.Contains(endpoint.Local.Ip);
            if (isThere == endpoint.RemovedAt is null) continue;
            endpoint.RemovedAt = isThere ? null : engine.Clock.Now.Milliseconds;
            if (isThere) endpoints.Show(endpoint.Local);
            else endpoints.Hide(endpoint.Local);
            engine.Events.ListenerChanged(new(ClientTransport.Udp, endpoint.Local), isThere);
        }

        wildcard.Refused.IntersectWith(_addresses);
        foreach (var address in _addresses)
        {
            if (address.Family == wildcard.Family && !HostAddresses.IsLinkLocal(address)) Open(wildcard, address);
        }
    }

    private void Open(Wildcard wildcard, IpAddress address)
    {
        foreach (var endpoint in wildcard.Endpoints)
        {
            if (endpoint.Local.Ip == address) return;
        }

        if (wildcard.Endpoints.Count >= MaxEndpoints) return;
        try
        {
            if (!TryBind(new(address, wildcard.Port), out var sockets)) return;
            var number = endpoints.Add(sockets);
            if (number < 0) return;
            wildcard.Endpoints.Add(new(number, sockets.Local));
            wildcard.Refused.Remove(address);
            engine.Events.ListenerChanged(new(ClientTransport.Udp, sockets.Local), true);
        }
        catch (SocketException failure)
        {
            // Another program uses the port on this address, or there is no free descriptor: the relay continues on the others and tries
            // again.
            if (wildcard.Refused.Add(address)) engine.Events.ListenerRefused(new(address, wildcard.Port), failure);
        }
    }

    private bool TryBind(TransportAddress address, out EndpointSockets sockets)
    {
        sockets = null!;
        try
        {
            sockets = EndpointSockets.Bind(engine, address);
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return false;
        }
    }

    private sealed class Wildcard(TransportAddress listener)
    {
        public IpFamily Family { get; } = listener.Family;

        /// <summary>The port; after binding, the one that the system chose.</summary>
        public ushort Port { get; set; } = listener.Port;

        public List<Endpoint> Endpoints { get; } = [];

        /// <summary>Addresses that could not be bound, each reported once.</summary>
        public HashSet<IpAddress> Refused { get; } = [];
    }

    private sealed class Endpoint(int number, TransportAddress local)
    {
        public int Number { get; } = number;

        public TransportAddress Local { get; } = local;

        /// <summary>When its address was removed, in monotonic milliseconds; null while the host has it.</summary>
        public long? RemovedAt { get; set; }
    }
}
