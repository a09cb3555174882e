namespace Causeway.Signalling.Clients;

/// <summary>
/// A message in its wire form that waits in several places: for its receiver to read it, and to acknowledge it. Its bytes are counted once, until the last
/// place has let go of it.
/// </summary>
/// <param name="wire">The message.</param>
/// <param name="share">Where its bytes are counted.</param>
internal sealed class KeptWire(ReadOnlyMemory<byte> wire, KeptBytes.Share share)
{
    // What the system needs beside the bytes.
    private const int Overhead = 64;

    private int _holders;

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Wire => wire;

    /// <summary>Keeps it in a first place.</summary>
    /// <returns>False when the share has no room for it.</returns>
    public bool TryKeep()
    {
        if (!share.TryTake(wire.Length + Overhead)) return false;
        _holders = 1;
        return true;
    }

    /// <summary>Keeps it in another place too, while it is in one.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Lets go of it in one place.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) share.Give(wire.Length + Overhead);
    }
}
