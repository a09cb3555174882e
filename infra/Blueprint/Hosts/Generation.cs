using System.Security.Cryptography;
using System.Text;

namespace Causeway.Blueprint.Hosts;

/// <summary>
/// What a set of hosts runs, as a hash that stands in their names. Another hash is another set, which comes up beside the old one and takes its place
/// when it has proven itself. It is known before anything exists.
/// </summary>
public static class Generation
{
    /// <summary>Stands for the hash where hashed text names it.</summary>
    public const string Placeholder = "0000000000";

    /// <summary>The first 40 bits of the SHA-256 of the parts, in lower-case hexadecimal.</summary>
    /// <param name="parts">Everything that makes a host what it is; their order and borders count.</param>
    public static string Hash(params IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.IsLittleEndian ? BitConverter.GetBytes((long)bytes.Length) : [.. BitConverter.GetBytes((long)bytes.Length).Reverse()]);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Placeholder.Length];
    }
}
