using Causeway.Signalling.Hosting;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>The connections of this node: no more than the limit, and all of them told when the server stops.</summary>
internal sealed class ConnectionRegistry(SignallingLimitOptions limits, ILogger<ConnectionRegistry> log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Place> _places = [];
    private bool _stopping;

    /// <summary>Takes a place, to be given back by disposing it.</summary>
    /// <returns>Null when there is none, or the server stops.</returns>
    public Place? TryEnter()
    {
        lock (_gate)
        {
            if (_stopping || _places.Count >= limits.Sessions) return null;
            var place = new Place(this);
            _places.Add(place);
            return place;
        }
    }

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

    /// <summary>One connection's place.</summary>
    public sealed class Place(ConnectionRegistry registry) : IDisposable
    {
        /// <summary>Why a stopping server closes.</summary>
        public const string StopReason = "the server stops; connect again";

        /// <summary>The connection; null before the handshake is through.</summary>
        public Connection? Connection { get; private set; }

        /// <summary>Puts the connection on its place.</summary>
        public void Add(Connection connection)
        {
            lock (registry._gate) Connection = connection;
            if (registry._stopping) connection.Close(CloseCode.GoingAway, StopReason);
        }

        /// <summary>Gives the place back.</summary>
        public void Dispose()
        {
            lock (registry._gate) registry._places.Remove(this);
        }
    }
}
