namespace Causeway.Turn.Protocol.Relay.Ports;

/// <summary>
/// The free relayed ports of one address, for all shards. Taking and releasing a port takes constant time: each kind of port that a request
/// may want has its free ports in an array, and one is drawn at random (RFC 8656 §7.2, RFC 6056 §3.3.2). Thread-safe.
/// </summary>
internal sealed class PortPool
{
    /// <summary>How long a port that another program uses isn't tried again, in milliseconds.</summary>
    internal const long AsideMilliseconds = 30_000;

    private const int FirstUnprivileged = 1024;

    private readonly Lock _lock = new();
    private readonly int _first;
    private readonly int _last;
    private readonly PortSet _any;
    private readonly PortSet _even;
    private readonly PortSet _pairs;
    private readonly Queue<(ushort Port, long Until)> _aside = new();

    /// <summary>All ports from <paramref name="first"/> to <paramref name="last"/> are free.</summary>
    internal PortPool(ushort first, ushort last)
    {
        (_first, _last) = (first, last);
        _any = new(first, last, step: 1);
        _even = new(first + first % 2, last, step: 2);
        // The even port is below the last port, so that the next one exists in the range.
        _pairs = new(first + first % 2, last - 1, step: 2);
        for (var port = _first; port <= _last; port++) Add(port);
    }

    /// <summary>Counts the ports of the range that weren't refused lately, and those of them that are free.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    internal (int Usable, int Free) Count(long now)
    {
        lock (_lock)
        {
            TakeBack(now);
            return (_last - _first + 1 - _aside.Count, _any.Count);
        }
    }

    /// <summary>Takes a free port, and for a pair the next one too.</summary>
    /// <param name="rule">Which ports may be taken.</param>
    /// <param name="random">A random number, which selects the port.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="port">The port; of a pair the even one.</param>
    /// <returns>False when no port is free.</returns>
    internal bool TryTake(PortRule rule, ulong random, long now, out ushort port)
    {
        lock (_lock)
        {
            TakeBack(now);
            var set = rule switch { PortRule.Any => _any, PortRule.Even => _even, _ => _pairs };
            port = 0;
            if (set.Count == 0) return false;

            port = (ushort)set.Draw(random);
            Remove(port);
            if (rule == PortRule.Pair) Remove(port + 1);
            return true;
        }
    }

    /// <summary>
    /// Draws an unprivileged port outside the range, for one of <see cref="ProbeClients"/>. False while the system refuses the whole range,
    /// or when no port is outside.
    /// </summary>
    internal bool TryDrawOutside(ulong random, long now, out ushort port)
    {
        port = 0;
        lock (_lock)
        {
            TakeBack(now);
            if (_aside.Count > _last - _first) return false;
        }

        var below = int.Max(0, _first - FirstUnprivileged);
        var count = below + ushort.MaxValue - _last;
        if (count == 0) return false;
        var drawn = (int)(random % (ulong)count);
        port = (ushort)(drawn < below ? FirstUnprivileged + drawn : _last + 1 + drawn - below);
        return true;
    }

    /// <summary>Releases a port.</summary>
    internal void Release(ushort port)
    {
        lock (_lock) Add(port);
    }

    /// <summary>Releases a port that another program uses; it becomes free again after <see cref="AsideMilliseconds"/>.</summary>
    internal void PutAside(ushort port, long now)
    {
        if (port < _first || port > _last) return;
        lock (_lock) _aside.Enqueue((port, now + AsideMilliseconds));
    }

    private void TakeBack(long now)
    {
        while (_aside.TryPeek(out var oldest) && oldest.Until <= now) Add(_aside.Dequeue().Port);
    }

    private void Add(int port)
    {
        _any.Add(port);
        if (port % 2 == 0) _even.Add(port);
        if (_any.Contains(port ^ 1)) _pairs.Add(port & ~1);
    }

    private void Remove(int port)
    {
        _any.Remove(port);
        if (port % 2 == 0) _even.Remove(port);
        _pairs.Remove(port & ~1);
    }
}

/// <summary>A set of ports, each <c>step</c> after the previous one, to draw from. Ports outside its range are never members.</summary>
internal sealed class PortSet
{
    private const int Absent = -1;

    private readonly int _first;
    private readonly int _step;
    private readonly ushort[] _members;
    private readonly int[] _indices;

    internal PortSet(int first, int last, int step)
    {
        (_first, _step) = (first, step);
        _members = new ushort[int.Max(0, (last - first) / step + (last >= first ? 1 : 0))];
        _indices = new int[_members.Length];
        Array.Fill(_indices, Absent);
    }

    internal int Count { get; private set; }

    internal bool Contains(int port) => Index(port) is var index && (uint)index < (uint)_indices.Length && _indices[index] != Absent;

    internal int Draw(ulong random) => _members[(int)(random % (ulong)Count)];

    internal void Add(int port)
    {
        var index = Index(port);
        if ((uint)index >= (uint)_indices.Length || _indices[index] != Absent) return;
        _indices[index] = Count;
        _members[Count++] = (ushort)port;
    }

    internal void Remove(int port)
    {
        var index = Index(port);
        if ((uint)index >= (uint)_indices.Length || _indices[index] is Absent) return;

        // The last member fills the gap.
        var (gap, last) = (_indices[index], _members[--Count]);
        _members[gap] = last;
        _indices[Index(last)] = gap;
        _indices[index] = Absent;
    }

    private int Index(int port) => port < _first ? Absent : (port - _first) / _step;
}
