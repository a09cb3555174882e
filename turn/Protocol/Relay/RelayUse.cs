using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>A relay's use by clients at one moment: the value of RELAY-USE.</summary>
/// <param name="Addresses">
/// The relayed transport addresses of clients, reserved ones included. A client holds some only as a fallback, and doesn't send over them.
/// </param>
/// <param name="Bytes">
/// The payload that the current allocations have relayed so far, in bytes, both ways together. STUN isn't counted, because browsers check
/// unused paths too.
/// </param>
public readonly record struct RelayUse(int Addresses, long Bytes)
{
    /// <summary>The length of the attribute's value in bytes.</summary>
    public const int Length = sizeof(uint) + sizeof(ulong);

    /// <summary>Writes the addresses in 32 bits, the bytes in 64 bits, in network order.</summary>
    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(value, Addresses);
        BinaryPrimitives.WriteInt64BigEndian(value[sizeof(uint)..], Bytes);
    }

    /// <summary>Reads a value.</summary>
    /// <returns>False when it has another length, or a number is out of range.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out RelayUse use)
    {
        use = default;
        if (value.Length != Length) return false;

        use = new(BinaryPrimitives.ReadInt32BigEndian(value), BinaryPrimitives.ReadInt64BigEndian(value[sizeof(uint)..]));
        return use is { Addresses: >= 0, Bytes: >= 0 };
    }
}
