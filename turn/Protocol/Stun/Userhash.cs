using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>The value of USERHASH, <c>SHA-256(username ":" realm)</c>, which hides the username on the wire (RFC 8489 §14.4).</summary>
public static class Userhash
{
    /// <summary>The length in bytes.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    // The longest username, the colon and the longest realm that the relay's settings allow, of four bytes a character.
    private const int UsualLength = Credentials.MaxUsernameBytes + 1 + 127 * 4;

    /// <summary>Writes the hash. Doesn't allocate for texts of usual length.</summary>
    /// <param name="username">The username in UTF-8.</param>
    /// <param name="realm">The realm in UTF-8.</param>
    /// <param name="hash">Receives <see cref="Length"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> username, ReadOnlySpan<byte> realm, Span<byte> hash)
    {
        var length = username.Length + 1 + realm.Length;
        var text = length <= UsualLength ? stackalloc byte[UsualLength] : new byte[length];
        username.CopyTo(text);
        text[username.Length] = (byte)':';
        realm.CopyTo(text[(username.Length + 1)..]);
        SHA256.HashData(text[..length], hash);
    }
}
