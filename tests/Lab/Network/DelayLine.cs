namespace Causeway.Lab.Network;

/// <summary>
/// One direction of a wire: packets leave in the order they came, each within the bounds of its delay. Order and bounds agree: who waits
/// for the one before waits no longer than that one's greatest delay, and came later. Bounded: what comes to a full line is lost, as in a
/// router's queue.
/// </summary>
internal sealed class DelayLine(Delay delay, Random random, int capacity)
{
    /// <summary>How long each packet that comes from now on is held back.</summary>
    public Delay Delay { get; set; } = delay;

    private readonly Queue<(TimeSpan Due, byte[] Packet)> _held = new();
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>When the next packet leaves; null when none is held.</summary>
    public TimeSpan? NextDue => _held.TryPeek(out var next) ? next.Due : null;

    /// <summary>Takes a packet in; false when the line is full and the packet lost.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (_held.Count >= capacity) return false;
        var held = Delay;
        var due = now + held.Mean + held.Jitter * (2 * random.NextDouble() - 1);
        _last = due > _last ? due : _last;
        _held.Enqueue((_last, packet.ToArray()));
        return true;
    }

    /// <summary>Gives the next packet when its time has come.</summary>
    public bool TryTake(TimeSpan now, out byte[] packet)
    {
        packet = [];
        if (NextDue is not { } due || due > now) return false;
        packet = _held.Dequeue().Packet;
        return true;
    }
}
