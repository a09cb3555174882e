using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Listeners of datagrams on an unspecified address: an endpoint for each of the host's addresses, those that come later too. An address that went keeps its
/// sockets for a while: when it comes back, as after a lease that was renewed late, its clients go on.
/// </summary>
internal sealed class WildcardListeners(PortableEngine engine, EndpointTable endpoints)
{
    /// <summary>Endpoints of one listener at once, those of addresses that went included; a host with more serves the first ones.</summary>
    internal const int MaxEndpoints = 256;

    // By then all that its clients had has expired, because nothing that they sent has arrived: the number may be another endpoint's.
    private static readonly long KeptMilliseconds = (long)TimeSpan.FromHours(2).TotalMilliseconds;

    private readonly Lock _gate = new();
    private readonly List<Wildcard> _wildcards = [];
    private IReadOnlyList<IpAddress> _addresses = [];
    private bool _closed;

    /// <summary>Binds a listener on all addresses that the host has now.</summary>
    /// <exception cref="SocketException">The system refuses one, or there is none.</exception>
    public void Bind(TransportAddress listener)
    {
        var wildcard = new Wildcard(listener);
        var bound = new List<EndpointSockets>();
        try
        {
            foreach (var address in HostAddresses.All(listener.Family).Take(MaxEndpoints))
            {
                // An IPv6 address that is still looked for duplicates of cannot be bound yet (RFC 4862 §5.4): it is tried again.
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

    /// <summary>Opens endpoints for addresses that came, and hides those of addresses that went.</summary>
    public void HandleAddresses(IReadOnlyList<IpAddress> addresses)
    {
        lock (_gate)
        {
            _addresses = addresses;
            foreach (var wildcard in _wildcards) Follow(wildcard);
        }
    }

    /// <summary>Tries again what could not be bound, and closes what went long ago.</summary>
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
                    if (endpoint.GoneSince is not { } since || engine.Clock.Now.Milliseconds - since < KeptMilliseconds) continue;
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
            if (isThere == endpoint.GoneSince is null) continue;
            endpoint.GoneSince = isThere ? null : engine.Clock.Now.Milliseconds;
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
            // Another program has the port on this address, or the system has no descriptors left: the relay goes on where it is, and tries again.
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

        /// <summary>The port; once it is bound the one that the system chose.</summary>
        public ushort Port { get; set; } = listener.Port;

        public List<Endpoint> Endpoints { get; } = [];

        /// <summary>Addresses of the host that could not be bound, each told once.</summary>
        public HashSet<IpAddress> Refused { get; } = [];
    }

    private sealed class Endpoint(int number, TransportAddress local)
    {
        public int Number { get; } = number;

        public TransportAddress Local { get; } = local;

        /// <summary>When its address went, in monotonic milliseconds; null while it is there.</summary>
        public long? GoneSince { get; set; }
    }
}
