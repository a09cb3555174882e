using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>The 96 bits that pair a response with its request (RFC 8489 §5).</summary>
/// <param name="High">The first 8 bytes in network order.</param>
/// <param name="Low">The last 4 bytes in network order.</param>
public readonly record struct TransactionId(ulong High, uint Low)
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 12;

    public static TransactionId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Low);
    }

    /// <summary>24 hexadecimal digits, as packet captures show them.</summary>
    public override string ToString() => $"{High:x16}{Low:x8}";
}
