using System.Buffers;

namespace Causeway.Turn.Engines.Portable;

/// <summary>A message queued for a client's connection, in an array of the shared pool.</summary>
internal readonly struct QueuedMessage
{
    // The queue's entry and the array's header.
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

    /// <summary>Whether it is relayed data, which gets outdated; otherwise it is an answer of the relay.</summary>
    public bool IsMedia { get; }

    /// <summary>When it was queued, in the engine's milliseconds.</summary>
    public long Since { get; }

    /// <summary>Its cost in memory.</summary>
    public int Cost => _array.Length + Overhead;

    /// <summary>The highest cost of a message of this length: the pool's arrays are powers of two.</summary>
    public static int CostOf(int length) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 16)) + Overhead;

    public void Free() => ArrayPool<byte>.Shared.Return(_array);
}
