using Causeway.Signalling.Clients;
using Causeway.Signalling.Rooms;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// What one member sent to another and the other has not acknowledged: in order, without gaps, bounded. It is what a resumed session is sent
/// again, so that nothing is lost that was written to a connection already dead.
/// </summary>
/// <param name="maxSignals">How many signals may wait.</param>
/// <param name="maxBytes">How many bytes may wait; a single signal may in any case.</param>
internal sealed class PairWindow(int maxSignals, int maxBytes)
{
    private readonly Queue<(long Seq, KeptWire Message)> _waiting = new();
    private int _bytes;

    /// <summary>The sequence number of the last signal taken; 0 before the first.</summary>
    public long LastTaken { get; private set; }

    /// <summary>The signals that wait, oldest first.</summary>
    public IEnumerable<KeptWire> Waiting => _waiting.Select(signal => signal.Message);

    /// <summary>Takes a signal when it is the next one and there is room for it, here and in the share of the receiver's address.</summary>
    public Delivery Take(long seq, KeptWire message)
    {
        var expected = LastTaken + 1;
        if (seq < expected) return new(DeliveryOutcome.Duplicate, expected);
        if (seq > expected) return new(DeliveryOutcome.Gap, expected);
        if (_waiting.Count >= maxSignals || (_waiting.Count > 0 && _bytes + message.Wire.Length > maxBytes)) return new(DeliveryOutcome.Full, expected);

        if (!message.TryHold()) return new(DeliveryOutcome.Full, expected);
        _waiting.Enqueue((seq, message));
        _bytes += message.Wire.Length;
        LastTaken = seq;
        return new(DeliveryOutcome.Taken, expected + 1);
    }

    /// <summary>Lets go of everything up to a sequence number.</summary>
    /// <returns>False when that was never sent.</returns>
    public bool Acknowledge(long upto)
    {
        if (upto > LastTaken) return false;
        while (_waiting.TryPeek(out var oldest) && oldest.Seq <= upto) Drop();
        return true;
    }

    /// <summary>Lets go of everything: the receiver is gone, or the sender.</summary>
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
