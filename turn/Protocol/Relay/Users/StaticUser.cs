using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Users;

/// <summary>
/// A user of the settings, whose password doesn't expire (RFC 8489 §9.2). Only keys are kept, never the password. Written as
/// <code>
/// user = name ":" ( password | md5-key [ ":" sha256-key ] )
/// md5-key    = "0x" 32HEXDIG    ; MD5 (name ":" realm ":" password), as coturn's turnadmin prints it
/// sha256-key = "0x" 64HEXDIG    ; SHA-256 of the same
/// </code>
/// The name ends at the first colon. It isn't of the form of a time-limited credential (<see cref="Credentials"/>), whose colon and digits
/// are signed by the relay's secrets.
/// </summary>
public sealed class StaticUser
{
    /// <summary>The longest name and the longest password in bytes of UTF-8 (RFC 8489 §14.3).</summary>
    public const int MaxBytes = Credentials.MaxUsernameBytes;

    private const string KeyPrefix = "0x";
    private const int Md5Digits = 2 * MD5.HashSizeInBytes;
    private const int Sha256Digits = 2 * SHA256.HashSizeInBytes;

    private readonly byte[] _md5;
    private readonly byte[]? _sha256;

    private StaticUser(string name, string realm, byte[] md5, byte[]? sha256)
    {
        (Name, Username, _md5, _sha256) = (name, Encoding.UTF8.GetBytes(name), md5, sha256);
        Protocol.Stun.Userhash.Write(Username, Encoding.UTF8.GetBytes(realm), Userhash);
    }

    /// <summary>Gets the name, which is the user's subject for quotas and revocation.</summary>
    public string Name { get; }

    internal byte[] Username { get; }

    internal byte[] Userhash { get; } = new byte[Protocol.Stun.Userhash.Length];

    /// <summary>Reads a user.</summary>
    /// <param name="text">The user.</param>
    /// <param name="realm">The relay's realm, which the keys are derived with.</param>
    /// <param name="user">The user; null when the text is wrong.</param>
    /// <returns>What is wrong and how to fix it, without name and password; null when nothing is.</returns>
    public static string? TryRead(string text, string realm, out StaticUser? user)
    {
        user = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return "has no colon; write name:password, or name:0x… with a key";
        if (!OpaqueString.TryPrepare(text[..colon], out var name))
            return "has no name, or one with control characters; write name:password";
        if (Encoding.UTF8.GetByteCount(name) > MaxBytes) return $"has a name of more than {MaxBytes} bytes; write a shorter one";
        if (Credentials.TryReadUsername(Encoding.UTF8.GetBytes(name), out _, out _))
            return "has a name of digits, which is that of a time-limited credential; write another name";
        if (name == Credentials.OperatorSubject) return $"has the name {name}, which is reserved for the relay's operator; write another";

        var password = text[(colon + 1)..];
        if (password.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            var keys = password.Split(':');
            if (keys.Length > 2 || ReadKey(keys[0], Md5Digits) is not { } md5)
                return $"has no valid key; write 0x and the {Md5Digits} hexadecimal digits of MD5 (name:realm:password)";
            var sha256 = keys.Length == 2 ? ReadKey(keys[1], Sha256Digits) : null;
            if (keys.Length == 2 && sha256 is null)
                return $"has no valid second key; write 0x and the {Sha256Digits} hexadecimal digits of SHA-256 (name:realm:password)";
            user = new(name, realm, md5, sha256);
            return null;
        }

        if (!OpaqueString.TryPrepare(password, out password)) return "has no password, or one with control characters; write name:password";
        if (Encoding.UTF8.GetByteCount(password) > MaxBytes) return $"has a password of more than {MaxBytes} bytes; write a shorter one";
        user = new(name, realm, PasswordAlgorithm.Md5.Key(name, realm, password), PasswordAlgorithm.Sha256.Key(name, realm, password));
        return null;
    }

    /// <summary>Gets the key for a password algorithm; null when the settings have only that of MD5.</summary>
    internal byte[]? Key(PasswordAlgorithm algorithm) => algorithm == PasswordAlgorithm.Sha256 ? _sha256 : _md5;

    /// <summary>Whether two have the same name and the same keys; in constant time for those of the same name.</summary>
    internal bool IsSame(StaticUser other) =>
        ReferenceEquals(this, other)
        || (Username.AsSpan().SequenceEqual(other.Username)
            && CryptographicOperations.FixedTimeEquals(_md5, other._md5)
            && CryptographicOperations.FixedTimeEquals(_sha256 ?? [], other._sha256 ?? []));

    private static byte[]? ReadKey(string text, int digits)
    {
        if (text.Length != KeyPrefix.Length + digits || !text.StartsWith(KeyPrefix, StringComparison.Ordinal)) return null;
        var key = new byte[digits / 2];
        return Convert.FromHexString(text.AsSpan(KeyPrefix.Length), key, out _, out _) == OperationStatus.Done ? key : null;
    }
}
