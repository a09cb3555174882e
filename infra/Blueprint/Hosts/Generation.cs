using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Blueprint.Hosts;

/// <summary>
/// A hash of what a set of hosts runs, which is part of their names. Another hash is another set, which starts beside the old one and
/// replaces it after the gate. It is known before anything exists.
/// </summary>
public static class Generation
{
    /// <summary>Replaces the hash in text that is hashed and contains it.</summary>
    public const string Placeholder = "0000000000";

    /// <summary>The first 40 bits of the SHA-256 of the parts, in lower-case hexadecimal.</summary>
    /// <param name="parts">Everything that a host depends on, in a fixed order.</param>
    public static string Hash(params IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Placeholder.Length];
    }
}
