using System.Security.Cryptography;
using System.Text;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>The password algorithms of the long-term credential mechanism (RFC 8489 §18.5).</summary>
public enum PasswordAlgorithm : ushort
{
    /// <summary>MD5 of <c>username:realm:password</c>; what every deployed client speaks.</summary>
    Md5 = 0x0001,

    /// <summary>SHA-256 of <c>username:realm:password</c>.</summary>
    Sha256 = 0x0002,
}

/// <summary>The HMAC key of the long-term credential mechanism (RFC 8489 §9.2.2, §18.5.1).</summary>
public static class LongTermKey
{
    /// <summary>Longest key in bytes.</summary>
    public const int MaxLength = 32;

    /// <summary>Writes the key <c>hash(username ":" realm ":" password)</c>.</summary>
    /// <returns>Its length in bytes: 16 for MD5, 32 for SHA-256.</returns>
    public static int Write(PasswordAlgorithm algorithm, ReadOnlySpan<byte> username, string realm, ReadOnlySpan<byte> password, Span<byte> key)
    {
        using var hash = IncrementalHash.CreateHash(algorithm == PasswordAlgorithm.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.MD5);
        hash.AppendData(username);
        hash.AppendData(":"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(realm));
        hash.AppendData(":"u8);
        hash.AppendData(password);
        return hash.GetHashAndReset(key);
    }
}
