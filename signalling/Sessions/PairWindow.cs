using Causeway.Signalling.Clients;
using Causeway.Signalling.Rooms;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// The unacknowledged signals from one member to another: in order, without gaps, bounded. After a resume they are sent again, so that
/// nothing is lost that was written to a dead connection.
/// </summary>
/// <param name="maxSignals">The most signals that may wait.</param>
/// <param name="maxBytes">The most bytes that may wait; a single signal always may.</param>
internal sealed class PairWindow(int maxSignals, int maxBytes)
{
    private readonly Queue<(long Seq, KeptWire Message)> _waiting = new();
    private int _bytes;

    /// <summary>Gets the sequence number of the last signal accepted; 0 before the first.</summary>
    public long LastTaken { get; private set; }

    /// <summary>Gets the signals that wait, oldest first.</summary>
    public IEnumerable<KeptWire> Waiting => _waiting.Select(signal => signal.Message);

    /// <summary>Accepts a signal if it is the next one and fits, here and into the share of the receiver's address.</summary>
    public Delivery Take(long seq, KeptWire message)
    {
        var expected = LastTaken + 1;
        if (seq < expected) return new(DeliveryOutcome.Duplicate, expected);
        if (seq > expected) return new(DeliveryOutcome.Gap, expected);
        if (_waiting.Count >= maxSignals || (_waiting.Count > 0 && _bytes + message.Wire.Length > maxBytes))
            return new(DeliveryOutcome.Full, expected);

        if (!message.TryHold()) return new(DeliveryOutcome.Full, expected);
        _waiting.Enqueue((seq, message));
        _bytes += message.Wire.Length;
        LastTaken = seq;
        return new(DeliveryOutcome.Taken, expected + 1);
    }

    /// <summary>Releases every signal up to a sequence number.</summary>
    /// <returns>False if that one was never sent.</returns>
    public bool Acknowledge(long upto)
    {
        if (upto > LastTaken) return false;
        while (_waiting.TryPeek(out var oldest) && oldest.Seq <= upto) Drop();
        return true;
    }

    /// <summary>Releases every signal: the sender or the receiver has left.</summary>
    public void Clear()
    {
        while (_waiting.Count > 0) Drop();
    }

    private void Drop()
    {
        var (_, message) = _waiting.Dequeue();
        _bytes -= message.Wire.Length;
        message.Release();
    }
}
