using System.Net;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>The WebSockets of this node, limited in total and for each address. All are closed when the server stops.</summary>
internal sealed class ConnectionRegistry
{
    private readonly Lock _gate = new();
    private readonly HashSet<Slot> _slots = [];
    // Those without a session, the oldest first.
    private readonly LinkedList<Slot> _waiting = new();
    private readonly int _most;
    private readonly ConnectionLimits _limits;
    private readonly ILogger _log;
    private bool _stopping;
    private int _refusing;

    /// <summary>
    /// The most refused handshakes that are accepted at once to send the reason: each takes a connection until its client has answered the
    /// close, for at most <see cref="Connection.CloseDeadline"/>. Beyond it a refusal is an HTTP status.
    /// </summary>
    public const int Refusals = 100;

    public ConnectionRegistry(
        IOptions<SignallingOptions> started,
        IOptionsMonitor<SignallingOptions> settings,
        IHostApplicationLifetime lifetime,
        ILogger<ConnectionRegistry> log)
    {
        var limits = started.Value.Limits;
        // Kestrel's own limit derives from the total of the start and cannot change.
        (_most, _limits, _log) = (limits.Sessions, new(limits.Sessions, limits.ConnectionsPerAddress), log);
        settings.OnChange(read => _limits.SetBounds(_most, read.Limits.ConnectionsPerAddress));
        // Clients hear of it before anything else stops.
        lifetime.ApplicationStopping.Register(Stop);
    }

    /// <summary>Whether the server is stopping.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Takes one of the <see cref="Refusals"/>; disposing it gives it back.</summary>
    /// <returns>Null if all of them are taken.</returns>
    public IDisposable? TryRefuse()
    {
        if (Interlocked.Increment(ref _refusing) <= Refusals) return new Refusing(this);
        Interlocked.Decrement(ref _refusing);
        return null;
    }

    /// <summary>
    /// Takes a slot for a connection; disposing it gives it back. If all are taken, the oldest connection without a session is closed: a
    /// client that opens connections and sends nothing cannot lock others out.
    /// </summary>
    /// <param name="address">The client's address; null if unknown.</param>
    /// <returns>Null if every slot has a session, or the server is stopping.</returns>
    public Slot? TryEnter(IPAddress? address)
    {
        var from = ClientNetworks.Plain(address);
        var slot = new Slot(this, from);
        List<Slot> evicted = [];
        lock (_gate)
        {
            if (_stopping || !MakeRoom(from, evicted)) return null;
            _slots.Add(slot);
            slot.Waits = _waiting.AddLast(slot);
        }

        foreach (var other in evicted) other.Evict();
        return slot;
    }

    /// <summary>Whether every slot of the node is taken.</summary>
    public bool IsFull => _stopping || _limits.Count >= _most;

    private bool MakeRoom(IpAddress from, List<Slot> evicted)
    {
        while (_limits.TryEnter(from, out var full) is var bound and not ConnectionBound.None)
        {
            if (_waiting.FirstOrDefault(slot => bound == ConnectionBound.All || full.Contains(slot.Address)) is not { } oldest)
                return false;
            Leave(oldest);
            evicted.Add(oldest);
        }

        return true;
    }

    private void Leave(Slot slot)
    {
        if (!_slots.Remove(slot)) return;
        _limits.Leave(slot.Address);
        StopWaiting(slot);
    }

    private void StopWaiting(Slot slot)
    {
        if (slot.Waits is not { } node) return;
        _waiting.Remove(node);
        slot.Waits = null;
    }

    // Clients may resume elsewhere, or here after a restart.
    private void Stop()
    {
        List<Slot> slots;
        lock (_gate)
        {
            _stopping = true;
            slots = [.. _slots];
        }

        _log.Stopping(slots.Count);
        foreach (var slot in slots) slot.Connection?.Close(CloseCode.GoingAway, Slot.StopReason);
    }

    private sealed class Refusing(ConnectionRegistry registry) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref registry._refusing);
    }

    /// <summary>One connection's slot.</summary>
    public sealed class Slot(ConnectionRegistry registry, IpAddress address) : IDisposable
    {
        /// <summary>The close reason of a stopping server.</summary>
        public const string StopReason = "the server is stopping; reconnect";

        /// <summary>Gets the connection; null until the handshake is complete.</summary>
        public Connection? Connection { get; private set; }

        internal IpAddress Address => address;

        internal LinkedListNode<Slot>? Waits { get; set; }

        /// <summary>Sets the connection.</summary>
        public void Add(Connection connection)
        {
            bool evicted;
            lock (registry._gate)
            {
                Connection = connection;
                evicted = !registry._slots.Contains(this);
            }

            if (registry._stopping) connection.Close(CloseCode.GoingAway, StopReason);
            if (evicted) Evict();
        }

        /// <summary>Keeps the slot: the connection has a session.</summary>
        public void Keep()
        {
            lock (registry._gate) registry.StopWaiting(this);
        }

        internal void Evict() => Connection?.Close(CloseCode.NoHello, "no hello was sent, and newer connections needed the room");

        /// <summary>Gives the slot back.</summary>
        public void Dispose()
        {
            lock (registry._gate) registry.Leave(this);
        }
    }
}
