namespace Causeway.Signalling.Clients;

/// <summary>
/// A message in its wire form that waits in several queues: for its receiver to read it, and to acknowledge it. Its bytes are counted once,
/// until the last queue has released it.
/// </summary>
/// <param name="wire">The message.</param>
/// <param name="share">Where its bytes are counted.</param>
internal sealed class KeptWire(ReadOnlyMemory<byte> wire, KeptBytes.Share share)
{
    // Memory of the queues themselves.
    private const int Overhead = 64;

    private int _holders;

    /// <summary>Gets the message.</summary>
    public ReadOnlyMemory<byte> Wire => wire;

    /// <summary>Holds it in a first queue.</summary>
    /// <returns>False if it does not fit into the share.</returns>
    public bool TryHold()
    {
        if (!share.TryTake(wire.Length + Overhead)) return false;
        _holders = 1;
        return true;
    }

    /// <summary>Holds it in one more queue, while another one holds it.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Releases it from one queue.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) share.Give(wire.Length + Overhead);
    }
}
