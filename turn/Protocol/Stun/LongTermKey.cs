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

    // The longest username and realm, and a password of the TURN REST form.
    private const int UsualLength = 1024;

    /// <summary>Writes the key <c>hash(username ":" realm ":" password)</c>; allocates nothing for texts of usual length.</summary>
    /// <returns>Its length in bytes: 16 for MD5, 32 for SHA-256.</returns>
    public static int Write(PasswordAlgorithm algorithm, ReadOnlySpan<byte> username, string realm, ReadOnlySpan<byte> password, Span<byte> key)
    {
        var length = username.Length + 1 + Encoding.UTF8.GetByteCount(realm) + 1 + password.Length;
        var hashed = length <= UsualLength ? stackalloc byte[UsualLength] : new byte[length];
        username.CopyTo(hashed);
        var end = username.Length;
        hashed[end++] = (byte)':';
        end += Encoding.UTF8.GetBytes(realm, hashed[end..]);
        hashed[end++] = (byte)':';
        password.CopyTo(hashed[end..]);

#pragma warning disable CA5351 // MD5 is what RFC 8489 §9.2.2 says, and all that deployed clients speak.
        return algorithm == PasswordAlgorithm.Sha256 ? SHA256.HashData(hashed[..length], key) : MD5.HashData(hashed[..length], key);
#pragma warning restore CA5351
    }
}
