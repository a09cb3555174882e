using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// PASSWORD-ALGORITHMS and PASSWORD-ALGORITHM (RFC 8489 §14.11, §14.12): each entry is an algorithm's number (16 bits), the length of its parameters (16 bits) and
/// the parameters, of which neither algorithm has any.
/// </summary>
public static class PasswordAlgorithms
{
    /// <summary>
    /// What a server of both algorithms offers, the better one first: the value of PASSWORD-ALGORITHMS in its 401 and 438 responses. A client
    /// that chooses must return these very bytes, or somebody changed them on the way (RFC 8489 §9.2.4).
    /// </summary>
    public static ReadOnlySpan<byte> Offer => [0x00, (byte)PasswordAlgorithm.Sha256, 0x00, 0x00, 0x00, (byte)PasswordAlgorithm.Md5, 0x00, 0x00];

    /// <summary>Writes the value of PASSWORD-ALGORITHM, four bytes.</summary>
    public static void Write(Span<byte> value, PasswordAlgorithm algorithm) => BinaryPrimitives.WriteUInt32BigEndian(value, (uint)algorithm << 16);

    /// <summary>Reads the value of PASSWORD-ALGORITHM.</summary>
    /// <returns>False when it is malformed, has parameters or names an algorithm that is not in <see cref="PasswordAlgorithm"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out PasswordAlgorithm algorithm)
    {
        algorithm = default;
        if (value.Length != 4 || value[2] != 0 || value[3] != 0) return false;

        algorithm = (PasswordAlgorithm)BinaryPrimitives.ReadUInt16BigEndian(value);
        return algorithm is PasswordAlgorithm.Md5 or PasswordAlgorithm.Sha256;
    }
}
