using System.Net;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Sessions;

/// <summary>The connections of this node: no more than the limits, together and from one address, and all of them told when the server stops.</summary>
internal sealed class ConnectionRegistry(SignallingLimitOptions limits, ILogger<ConnectionRegistry> log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Place> _places = [];
    // Those without a session, the oldest first.
    private readonly LinkedList<Place> _waiting = new();
    private readonly ConnectionLimits _limits = new(limits.Sessions, limits.ConnectionsPerAddress);
    private bool _stopping;
    private int _refusing;

    /// <summary>
    /// Refused handshakes that are accepted to be told why, at once: each takes a connection until its client has answered the close, for
    /// <see cref="Connection.CloseDeadline"/> at most. Beyond it a refusal is an HTTP status.
    /// </summary>
    public const int Refusals = 100;

    /// <summary>Sets another bound for one address; no connection is closed for it.</summary>
    public void SetPerAddress(int read) => _limits.SetBounds(limits.Sessions, read);

    /// <summary>Whether the server stops.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Takes one of the <see cref="Refusals"/>, to be given back by disposing it.</summary>
    /// <returns>Null when all of them are taken.</returns>
    public IDisposable? TryRefuse()
    {
        if (Interlocked.Increment(ref _refusing) <= Refusals) return new Refusing(this);
        Interlocked.Decrement(ref _refusing);
        return null;
    }

    /// <summary>
    /// Takes a place, to be given back by disposing it. When there is none, the oldest connection without a session gives its own away: a stranger who opens
    /// connections and says nothing keeps nobody out.
    /// </summary>
    /// <param name="address">Where the client is; null when that is not known.</param>
    /// <returns>Null when there is none, or the server stops.</returns>
    public Place? TryEnter(IPAddress? address)
    {
        var from = ClientNetworks.Plain(address);
        var place = new Place(this, from);
        List<Place> gone = [];
        lock (_gate)
        {
            if (_stopping || !MakeRoom(from, gone)) return null;
            _places.Add(place);
            place.Waits = _waiting.AddLast(place);
        }

        foreach (var other in gone) other.Close();
        return place;
    }

    private bool MakeRoom(IpAddress from, List<Place> gone)
    {
        while (_limits.TryEnter(from, out var full) is var bound and not ConnectionBound.None)
        {
            if (_waiting.FirstOrDefault(place => bound == ConnectionBound.All || full.Contains(place.Address)) is not { } oldest) return false;
            Leave(oldest);
            gone.Add(oldest);
        }

        return true;
    }

    private void Leave(Place place)
    {
        if (!_places.Remove(place)) return;
        _limits.Leave(place.Address);
        StopWaiting(place);
    }

    private void StopWaiting(Place place)
    {
        if (place.Waits is not { } node) return;
        _waiting.Remove(node);
        place.Waits = null;
    }

    /// <summary>Whether there is no place for anybody.</summary>
    public bool Full => _stopping || _limits.Count >= limits.Sessions;

    /// <summary>Closes every connection; clients may resume elsewhere, or here when the server is back.</summary>
    public void Stop()
    {
        List<Place> places;
        lock (_gate)
        {
            _stopping = true;
            places = [.. _places];
        }

        log.Stopping(places.Count);
        foreach (var place in places) place.Connection?.Close(CloseCode.GoingAway, Place.StopReason);
    }

    private sealed class Refusing(ConnectionRegistry registry) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref registry._refusing);
    }

    /// <summary>One connection's place.</summary>
    public sealed class Place(ConnectionRegistry registry, IpAddress address) : IDisposable
    {
        /// <summary>Why a stopping server closes.</summary>
        public const string StopReason = "the server stops; connect again";

        /// <summary>The connection; null before the handshake is through.</summary>
        public Connection? Connection { get; private set; }

        internal IpAddress Address => address;

        internal LinkedListNode<Place>? Waits { get; set; }

        /// <summary>Puts the connection on its place.</summary>
        public void Add(Connection connection)
        {
            bool gone;
            lock (registry._gate)
            {
                Connection = connection;
                gone = !registry._places.Contains(this);
            }

            if (registry._stopping) connection.Close(CloseCode.GoingAway, StopReason);
            if (gone) Close();
        }

        /// <summary>The connection has a session: it keeps its place.</summary>
        public void Joined()
        {
            lock (registry._gate) registry.StopWaiting(this);
        }

        internal void Close() => Connection?.Close(CloseCode.NoHello, "no hello came, and newer connections needed the room");

        /// <summary>Gives the place back.</summary>
        public void Dispose()
        {
            lock (registry._gate) registry.Leave(this);
        }
    }
}
