using System.Buffers;

namespace Causeway.Turn.Engines.Portable;

/// <summary>A message that waits for a client's connection, in an array of the shared pool.</summary>
internal readonly struct QueuedMessage
{
    // The entry in the queue and the array's own header.
    private const int Overhead = 48;

    private readonly byte[] _array;
    private readonly int _length;

    public QueuedMessage(ReadOnlySpan<byte> message, bool isMedia, long now)
    {
        _array = ArrayPool<byte>.Shared.Rent(message.Length);
        _length = message.Length;
        (IsMedia, Since) = (isMedia, now);
        message.CopyTo(_array);
    }

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, _length);

    /// <summary>Whether it is relayed data, which ages; else it is an answer of the relay's.</summary>
    public bool IsMedia { get; }

    /// <summary>Since when it waits, in the engine's milliseconds.</summary>
    public long Since { get; }

    /// <summary>What it costs in memory.</summary>
    public int Cost => _array.Length + Overhead;

    /// <summary>What a message of some length will cost at most: the pool's arrays are powers of two.</summary>
    public static int CostOf(int length) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 16)) + Overhead;

    public void Free() => ArrayPool<byte>.Shared.Return(_array);
}
