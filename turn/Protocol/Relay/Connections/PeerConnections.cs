using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Connections;

/// <summary>
/// The TCP connections to peers of all shards, by their CONNECTION-ID, with their quotas; and the relayed addresses that listen for more.
/// Thread-safe.
/// </summary>
internal sealed class PeerConnections
{
    private readonly ConcurrentDictionary<uint, PeerConnection> _byNumber = new();
    private readonly ConcurrentDictionary<TransportAddress, byte> _listening = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _perSubject = [];
    private int _all;

    /// <summary>The number of connections, a moment old.</summary>
    internal int Count => Volatile.Read(ref _all);

    /// <summary>The number of listening relayed addresses.</summary>
    internal int Listening => _listening.Count;

    /// <summary>The number of subjects that have connections.</summary>
    internal int Subjects
    {
        get
        {
            lock (_lock) return _perSubject.Count;
        }
    }

    /// <summary>Counts a connection, before it is added.</summary>
    /// <returns>0 when it was counted, else the error to answer.</returns>
    internal StunErrorCode Take(string subject, RelayQuotas bounds)
    {
        lock (_lock)
        {
            if (_perSubject.GetValueOrDefault(subject) >= bounds.PeerConnectionsPerSubject) return StunErrorCode.AllocationQuotaReached;
            if (_all >= bounds.PeerConnections) return StunErrorCode.InsufficientCapacity;
            _all++;
            CollectionsMarshal.GetValueRefOrAddDefault(_perSubject, subject, out _)++;
            return 0;
        }
    }

    /// <summary>Adds a counted connection; false when another one has its number.</summary>
    internal bool TryAdd(PeerConnection connection) => _byNumber.TryAdd(connection.Id.Number, connection);

    internal bool TryFind(uint number, out PeerConnection connection) => _byNumber.TryGetValue(number, out connection!);

    /// <summary>Finds a connection, which may have ended since an engine learned its id.</summary>
    internal bool TryFind(in ConnectionId id, out PeerConnection connection) => TryFind(id.Number, out connection) && connection.Id == id;

    /// <summary>Finds the connection that a ConnectionBind request names; false also without a valid CONNECTION-ID.</summary>
    internal bool TryFind(in StunMessage request, out PeerConnection connection)
    {
        connection = null!;
        return request.TryGetUInt32(StunAttributeType.ConnectionId, out var number) && TryFind(number, out connection);
    }

    /// <summary>Removes a connection, and no longer counts it.</summary>
    internal void Remove(PeerConnection connection)
    {
        if (!_byNumber.TryRemove(new(connection.Id.Number, connection))) return;
        var subject = connection.Owner.Subject;
        lock (_lock)
        {
            _all--;
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_perSubject, subject, out _) == 0) _perSubject.Remove(subject);
        }
    }

    /// <summary>A relayed address listens, in its public form.</summary>
    internal void Listen(TransportAddress relayed) => _listening[relayed] = 0;

    /// <summary>It doesn't listen any more.</summary>
    internal void StopListening(TransportAddress relayed) => _listening.TryRemove(relayed, out _);

    /// <summary>Whether an address, in its public form, is the relayed address of a TCP allocation.</summary>
    internal bool IsListening(in TransportAddress relayed) => _listening.ContainsKey(relayed);
}
