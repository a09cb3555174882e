using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>What clients have of a relay at one moment: the value of RELAY-USE.</summary>
/// <param name="Addresses">
/// The relayed transport addresses that clients hold, reserved ones among them. A client holds some that it does not use: for when its other
/// path breaks.
/// </param>
/// <param name="Bytes">
/// The payload other than STUN that the allocations there are have relayed since they began, in bytes, both ways together. STUN is left out
/// because browsers check paths that they do not use, too.
/// </param>
public readonly record struct RelayUse(int Addresses, long Bytes)
{
    /// <summary>The length of the attribute's value in bytes.</summary>
    public const int Length = sizeof(uint) + sizeof(ulong);

    /// <summary>Writes the value: the addresses in 32 bits, the bytes in 64 bits, in network order.</summary>
    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(value, Addresses);
        BinaryPrimitives.WriteInt64BigEndian(value[sizeof(uint)..], Bytes);
    }

    /// <summary>Reads a value.</summary>
    /// <returns>False when it has another length, or a number that is too large to be one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out RelayUse use)
    {
        use = default;
        if (value.Length != Length) return false;

        use = new(BinaryPrimitives.ReadInt32BigEndian(value), BinaryPrimitives.ReadInt64BigEndian(value[sizeof(uint)..]));
        return use is { Addresses: >= 0, Bytes: >= 0 };
    }
}
