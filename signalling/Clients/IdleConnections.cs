using System.Net;
using Causeway.Signalling.Options;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The TCP connections without a session, limited in total and for each address. When a new one exceeds a limit, the least useful one is
/// closed: first those that never sent a request, then those between two requests, then those with a request in progress; in each group the
/// oldest. So a client that opens many connections replaces its own, and no one else is locked out.
/// <code>
///   Silent ──request──▶ Busy ◀──────▶ Idle
///                        └──session──▶ Held, which is not counted here
/// </code>
/// </summary>
internal sealed class IdleConnections
{
    private readonly Lock _gate = new();
    private readonly int _all;
    private readonly NetworkAmounts _perNetwork;
    // By state; the one that has been in it the longest comes first.
    private readonly LinkedList<Entry>[] _entries = [new(), new(), new()];

    public IdleConnections(IOptions<SignallingOptions> started, IOptionsMonitor<SignallingOptions> settings)
    {
        // The limit of the start: Kestrel's own limit derives from it and cannot change.
        _all = started.Value.Limits.IdleConnections;
        _perNetwork = new(() => settings.CurrentValue.Limits.IdleConnectionsPerAddress);
    }

    /// <summary>The state of a connection, the least useful first.</summary>
    public enum State
    {
        /// <summary>It has sent no request yet; its TLS handshake may be in progress.</summary>
        Silent,

        /// <summary>It is between two requests.</summary>
        Idle,

        /// <summary>A request is in progress.</summary>
        Busy,

        /// <summary>It carries a session.</summary>
        Held,
    }

    /// <summary>Gets the number of connections.</summary>
    public int Count
    {
        get { lock (_gate) return _entries.Sum(list => list.Count); }
    }

    /// <summary>Counts a new connection, and closes others if it exceeds a limit.</summary>
    /// <param name="address">The client's address; null if unknown.</param>
    /// <param name="shared">Whether it comes from a proxy: it then counts in the total only.</param>
    /// <param name="close">Closes the connection.</param>
    /// <returns>The connection's entry, to be disposed when the connection has ended.</returns>
    public Entry Enter(IPAddress? address, bool shared, Action close)
    {
        var entry = new Entry(this, shared ? [] : ClientNetworks.Of(address), close);
        List<Entry> evicted = [];
        lock (_gate)
        {
            MakeRoom(entry.Networks, evicted);
            Add(entry, State.Silent);
        }

        foreach (var other in evicted) other.Close();
        return entry;
    }

    private void MakeRoom(ClientNetwork[] networks, List<Entry> evicted)
    {
        while (_perNetwork.Full(networks) is { } full) Evict(Worst(full), evicted);
        while (_entries.Sum(list => list.Count) >= _all) Evict(Worst(null), evicted);
    }

    private Entry Worst(ClientNetwork? within) =>
        _entries.SelectMany(list => list).First(entry => within is not { } network || entry.Networks.Contains(network));

    private void Evict(Entry entry, List<Entry> evicted)
    {
        Remove(entry);
        entry.IsRemoved = true;
        evicted.Add(entry);
    }

    private void Add(Entry entry, State state)
    {
        entry.Now = state;
        if (state == State.Held) return;
        _perNetwork.Add(entry.Networks);
        _entries[(int)state].AddLast(entry.Node);
    }

    private void Remove(Entry entry)
    {
        if (entry.Now == State.Held) return;
        _perNetwork.Remove(entry.Networks);
        _entries[(int)entry.Now].Remove(entry.Node);
    }

    /// <summary>One connection.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly IdleConnections _owner;
        private readonly Action _close;
        private int _requests;
        private int _sessions;

        internal Entry(IdleConnections owner, ClientNetwork[] networks, Action close)
        {
            (_owner, Networks, _close) = (owner, networks, close);
            Node = new(this);
        }

        /// <summary>Gets the connection's state.</summary>
        public State Now { get; internal set; }

        internal ClientNetwork[] Networks { get; }

        internal LinkedListNode<Entry> Node { get; }

        /// <summary>Whether it was evicted or has ended.</summary>
        internal bool IsRemoved { get; set; }

        /// <summary>Records the start of a request. Over HTTP/2 several run at once.</summary>
        public void BeginRequest() => Change(requests: 1);

        /// <summary>Records the end of a request.</summary>
        public void EndRequest() => Change(requests: -1);

        /// <summary>Records the start of a session.</summary>
        public void BeginSession() => Change(sessions: 1);

        /// <summary>Records the end of a session.</summary>
        public void EndSession() => Change(sessions: -1);

        /// <summary>Records the end of the connection.</summary>
        public void Dispose()
        {
            lock (_owner._gate)
            {
                if (!IsRemoved) _owner.Remove(this);
                IsRemoved = true;
            }
        }

        internal void Close() => _close();

        private void Change(int requests = 0, int sessions = 0)
        {
            lock (_owner._gate)
            {
                _requests += requests;
                _sessions += sessions;
                var state = _sessions > 0 ? State.Held : _requests > 0 ? State.Busy : State.Idle;
                if (IsRemoved || state == Now) return;
                _owner.Remove(this);
                _owner.Add(this, state);
            }
        }
    }
}
