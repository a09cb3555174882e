using System.Buffers.Binary;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// Random bytes derived from a seed: HMAC-SHA256 of a counter. The same seed and inputs give the same outputs.
/// </summary>
internal sealed class RandomSource
{
    internal const int SeedLength = 32;

    private readonly byte[] _key;
    private readonly byte[] _block = new byte[HMACSHA256.HashSizeInBytes];
    private ulong _counter;
    private int _used = HMACSHA256.HashSizeInBytes;
    private ulong _transaction;

    internal RandomSource(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength) throw new ArgumentException($"a seed has {SeedLength} bytes, not {seed.Length}", nameof(seed));
        _key = seed.ToArray();
        _transaction = NextUInt64();
    }

    internal void Fill(Span<byte> bytes)
    {
        for (; bytes.Length > 0; bytes = bytes[1..])
        {
            if (_used == _block.Length) NextBlock();
            bytes[0] = _block[_used++];
        }
    }

    internal ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>
    /// Gets an id for a Data indication, by SplitMix64: indications have no response, so ids must differ but needn't be secret.
    /// </summary>
    internal TransactionId NextTransactionId()
    {
        var high = NextMixed();
        return new(high, (uint)NextMixed());
    }

    private ulong NextMixed()
    {
        var z = _transaction += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private void NextBlock()
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(counter, _counter++);
        HMACSHA256.HashData(_key, counter, _block);
        _used = 0;
    }
}
