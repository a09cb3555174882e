using System.Buffers.Binary;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>
/// Changes valid inputs at random: bits, lengths, blocks, and parts of two inputs together. The same seed gives the same inputs.
/// </summary>
internal sealed class Mutations
{
    public const int MaxLength = 4096;

    private static readonly ushort[] Edges = [0, 1, 3, 4, 7, 8, 16, 20, 127, 128, 255, 256, 1500, 8192, 0x7FFF, 0x8000, 0xFFFC, 0xFFFF];

    private readonly Random _random;
    private readonly byte[][] _corpus;
    private readonly byte[] _buffer = new byte[MaxLength];

    public Mutations(IEnumerable<byte[]> corpus, int seed)
    {
        _random = new(seed);
        _corpus = [.. corpus.Where(input => input.Length <= MaxLength)];
    }

    /// <summary>The next input, valid until the following call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var length = Copy(Any(), 0);
        for (var changes = 1 << _random.Next(0, 5); changes > 0; changes--) length = Change(length);
        return _buffer.AsSpan(0, length);
    }

    private byte[] Any() => _corpus[_random.Next(_corpus.Length)];

    private int Copy(ReadOnlySpan<byte> source, int at)
    {
        source = source[..int.Min(source.Length, MaxLength - at)];
        source.CopyTo(_buffer.AsSpan(at));
        return at + source.Length;
    }

    private int Change(int length)
    {
        if (length == 0) return Insert(0, 1 + _random.Next(32));
        var at = _random.Next(length);
        switch (_random.Next(8))
        {
            case 0: _buffer[at] ^= (byte)(1 << _random.Next(8)); return length;
            case 1: _buffer[at] = (byte)_random.Next(256); return length;
            case 2: return SetNumber(at, length);
            case 3: return Remove(at, int.Min(1 + _random.Next(32), length - at), length);
            case 4: return Insert(length, 1 + _random.Next(32));
            case 5: return Repeat(at, int.Min(1 + _random.Next(64), length - at), length);
            case 6: return at;
            default: return Splice(at);
        }
    }

    private int SetNumber(int at, int length)
    {
        // Most fields of 16 bits are aligned to them.
        at &= ~1;
        if (at + sizeof(ushort) <= length) BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(at), Edges[_random.Next(Edges.Length)]);
        return length;
    }

    private int Remove(int at, int count, int length)
    {
        _buffer.AsSpan(at + count, length - at - count).CopyTo(_buffer.AsSpan(at));
        return length - count;
    }

    // At the end, because most inputs are read from the front.
    private int Insert(int length, int count)
    {
        count = int.Min(count, MaxLength - length);
        _random.NextBytes(_buffer.AsSpan(length, count));
        return length + count;
    }

    private int Repeat(int at, int count, int length)
    {
        count = int.Min(count, MaxLength - length);
        _buffer.AsSpan(at, length - at).CopyTo(_buffer.AsSpan(at + count));
        return length + count;
    }

    private int Splice(int at)
    {
        var other = Any();
        return other.Length == 0 ? at : Copy(other.AsSpan(_random.Next(other.Length)), at);
    }
}
