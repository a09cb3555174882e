using System.Net;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The TCP connections without a session: no more than the bounds, together and from one address. When a new one comes and there are too many, the one
/// that has been of the least use for the longest time goes: first those that never asked for anything, then those between two requests, then those with a
/// request under way. So a stranger who opens any number of connections replaces his own, and nobody is kept out.
/// <code>
///   Silent ──request──▶ Busy ◀──────▶ Idle
///                        └──session──▶ Held, which is not counted here
/// </code>
/// </summary>
/// <param name="all">How many there may be together.</param>
/// <param name="perAddress">How many there may be from one IPv4 address or IPv6 /64; from a /56 twice as many, from a /48 four times.</param>
internal sealed class IdleConnections(int all, int perAddress)
{
    private readonly Lock _gate = new();
    private readonly NetworkAmounts _perNetwork = new(perAddress);
    // By state, the one that has been in it for the longest time first.
    private readonly LinkedList<Entry>[] _entries = [new(), new(), new()];

    /// <summary>What a connection is doing, the least useful first.</summary>
    public enum State
    {
        /// <summary>It never asked for anything; TLS may be under way.</summary>
        Silent,

        /// <summary>It had a request, and may have another.</summary>
        Idle,

        /// <summary>A request is under way.</summary>
        Busy,

        /// <summary>It carries a session.</summary>
        Held,
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get { lock (_gate) return _entries.Sum(list => list.Count); }
    }

    /// <summary>Sets another bound for one address. No connection is closed for it; one that comes next makes room.</summary>
    public void SetPerAddress(int read)
    {
        lock (_gate) _perNetwork.PerAddress = read;
    }

    /// <summary>Counts a new connection; another one may have to go for it.</summary>
    /// <param name="address">Where the client is; null when that is not known.</param>
    /// <param name="shared">Whether it is a proxy's, whose clients are many: it counts in the sum alone.</param>
    /// <param name="close">Closes the connection.</param>
    /// <returns>Its entry, to be disposed when the connection has ended.</returns>
    public Entry Enter(IPAddress? address, bool shared, Action close)
    {
        var entry = new Entry(this, shared ? [] : ClientNetworks.Of(address), close);
        List<Entry> gone = [];
        lock (_gate)
        {
            MakeRoom(entry.Networks, gone);
            Put(entry, State.Silent);
        }

        foreach (var other in gone) other.Close();
        return entry;
    }

    private void MakeRoom(ClientNetwork[] networks, List<Entry> gone)
    {
        while (_perNetwork.Full(networks) is { } full) Give(Worst(full), gone);
        while (_entries.Sum(list => list.Count) >= all) Give(Worst(null), gone);
    }

    private Entry Worst(ClientNetwork? within) =>
        _entries.SelectMany(list => list).First(entry => within is not { } network || entry.Networks.Contains(network));

    private void Give(Entry entry, List<Entry> gone)
    {
        Take(entry);
        entry.IsGone = true;
        gone.Add(entry);
    }

    private void Put(Entry entry, State state)
    {
        entry.Now = state;
        if (state == State.Held) return;
        _perNetwork.Add(entry.Networks);
        _entries[(int)state].AddLast(entry.Node);
    }

    private void Take(Entry entry)
    {
        if (entry.Now == State.Held) return;
        _perNetwork.Remove(entry.Networks);
        _entries[(int)entry.Now].Remove(entry.Node);
    }

    /// <summary>One connection.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly IdleConnections _all;
        private readonly Action _close;
        private int _requests;
        private int _sessions;

        internal Entry(IdleConnections all, ClientNetwork[] networks, Action close)
        {
            (_all, Networks, _close) = (all, networks, close);
            Node = new(this);
        }

        /// <summary>What it is doing.</summary>
        public State Now { get; internal set; }

        internal ClientNetwork[] Networks { get; }

        internal LinkedListNode<Entry> Node { get; }

        /// <summary>Whether it had to go.</summary>
        internal bool IsGone { get; set; }

        /// <summary>A request began on it. Over HTTP/2 several are under way at once.</summary>
        public void RequestBegan() => Change(requests: 1);

        /// <summary>A request is answered.</summary>
        public void RequestEnded() => Change(requests: -1);

        /// <summary>A session is on it.</summary>
        public void SessionBegan() => Change(sessions: 1);

        /// <summary>A session is off it.</summary>
        public void SessionEnded() => Change(sessions: -1);

        /// <summary>The connection has ended.</summary>
        public void Dispose()
        {
            lock (_all._gate)
            {
                if (!IsGone) _all.Take(this);
                IsGone = true;
            }
        }

        internal void Close() => _close();

        private void Change(int requests = 0, int sessions = 0)
        {
            lock (_all._gate)
            {
                _requests += requests;
                _sessions += sessions;
                var state = _sessions > 0 ? State.Held : _requests > 0 ? State.Busy : State.Idle;
                if (IsGone || state == Now) return;
                _all.Take(this);
                _all.Put(this, state);
            }
        }
    }
}
