using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// A password algorithm of the long-term credential mechanism (RFC 8489 §18.5): the hash that derives the HMAC key from username, realm and
/// password. PASSWORD-ALGORITHM contains one, PASSWORD-ALGORITHMS a list (§14.11, §14.12): each entry is a number (16 bits), the length of
/// its parameters (16 bits) and the parameters, which neither algorithm has.
/// </summary>
public sealed class PasswordAlgorithm
{
    /// <summary>The longest key in bytes.</summary>
    public const int MaxKeyLength = SHA256.HashSizeInBytes;

    private const int EntryLength = 4;

    // The longest username and realm, and a password of the TURN REST form.
    private const int UsualLength = 1024;

    private readonly byte[] _value;
    private readonly HashData _hash;

    private PasswordAlgorithm(ushort number, string name, HashData hash)
    {
        (Number, Name, _hash) = (number, name, hash);
        _value = [(byte)(number >> 8), (byte)number, 0, 0];
    }

    private delegate int HashData(ReadOnlySpan<byte> text, Span<byte> hash);

    /// <summary>The default of a client that names none; all deployed clients support it.</summary>
#pragma warning disable CA5351 // RFC 8489 §9.2.2.
    public static PasswordAlgorithm Md5 { get; } = new(0x0001, "MD5", MD5.HashData);
#pragma warning restore CA5351

    /// <summary>The algorithm that RFC 8489 added.</summary>
    public static PasswordAlgorithm Sha256 { get; } = new(0x0002, "SHA-256", SHA256.HashData);

    private static readonly PasswordAlgorithm[] Known = [Sha256, Md5];
    private static readonly byte[] List = [.. Known.SelectMany(algorithm => algorithm._value)];

    /// <summary>Gets all algorithms, the best first.</summary>
    public static IReadOnlyList<PasswordAlgorithm> All => Known;

    /// <summary>
    /// Gets the value of PASSWORD-ALGORITHMS in 401 and 438 responses of a server that offers all of them. A client that chooses one
    /// returns the list unchanged; a different list was modified in transit (RFC 8489 §9.2.4).
    /// </summary>
    public static ReadOnlySpan<byte> Offer => List;

    /// <summary>Gets the number in the registry.</summary>
    public ushort Number { get; }

    /// <summary>Gets the name in the registry.</summary>
    public string Name { get; }

    /// <summary>Gets the value of PASSWORD-ALGORITHM.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>Reads the value of PASSWORD-ALGORITHM.</summary>
    /// <returns>False when it is malformed, has parameters or names an unknown algorithm.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out PasswordAlgorithm algorithm)
    {
        algorithm = Md5;
        if (value.Length != EntryLength || value[2] != 0 || value[3] != 0) return false;

        var number = BinaryPrimitives.ReadUInt16BigEndian(value);
        foreach (var known in Known)
        {
            if (known.Number != number) continue;
            algorithm = known;
            return true;
        }

        return false;
    }

    /// <summary>
    /// Writes the key <c>hash(username ":" realm ":" password)</c> (RFC 8489 §9.2.2). Doesn't allocate for texts of usual length.
    /// </summary>
    /// <param name="username">The username as received.</param>
    /// <param name="realm">The realm.</param>
    /// <param name="password">The password.</param>
    /// <param name="key">Receives the key; <see cref="MaxKeyLength"/> bytes are enough.</param>
    /// <returns>The length of the key in bytes.</returns>
    public int WriteKey(ReadOnlySpan<byte> username, string realm, ReadOnlySpan<byte> password, Span<byte> key)
    {
        var length = username.Length + 1 + Encoding.UTF8.GetByteCount(realm) + 1 + password.Length;
        var text = length <= UsualLength ? stackalloc byte[UsualLength] : new byte[length];
        username.CopyTo(text);
        var end = username.Length;
        text[end++] = (byte)':';
        end += Encoding.UTF8.GetBytes(realm, text[end..]);
        text[end++] = (byte)':';
        password.CopyTo(text[end..]);
        return _hash(text[..length], key);
    }

    /// <summary>Gets the key as an array.</summary>
    public byte[] Key(string username, string realm, string password)
    {
        Span<byte> key = stackalloc byte[MaxKeyLength];
        return key[..WriteKey(Encoding.UTF8.GetBytes(username), realm, Encoding.UTF8.GetBytes(password), key)].ToArray();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
