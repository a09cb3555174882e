using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Turn.Protocol;

/// <summary>
/// Time-limited credentials of the "TURN REST API" form: <c>username = &lt;unix expiry&gt;:&lt;subject&gt;</c>,
/// <c>password = base64(HMAC-SHA1(secret, username))</c> (draft-uberti-behave-turn-rest-00 §2.2). Signalling mints them and the
/// relay checks them with this file; neither stores anything.
/// </summary>
/// <remarks>
/// The grammar of the username, which the password signs as a whole:
/// <code>
/// username = expiry ":" subject
/// expiry   = 1*18 DIGIT                     ; seconds since 1970 (UTC)
/// subject  = 1*200 (%x21-39 / %x3B-7E)      ; visible ASCII but for the colon
/// </code>
/// A second colon is kept for signed policy behind the subject. Until a relay understands policy it refuses such a username: a limit that is not
/// understood must not become no limit.
/// </remarks>
/// <param name="Username">The expiry in seconds since 1970 (UTC), a colon, and the subject. Travels in clear.</param>
/// <param name="Password">What the client proves that it knows; called <c>credential</c> in a browser's iceServers.</param>
public sealed record Credentials(string Username, string Password)
{
    /// <summary>The largest username in bytes that Causeway mints and accepts.</summary>
    public const int MaxUsernameBytes = 256;

    /// <summary>Length of every password in bytes: base64 of the 20 bytes of a SHA-1 hash.</summary>
    public const int PasswordBytes = 28;

    private const int MaxSubjectBytes = 200;

    // As many as fit into a signed 64-bit number whatever they are.
    private const int MaxExpiryDigits = 18;
    private const long MaxExpiry = 999_999_999_999_999_999;

    /// <summary>Mints a credential.</summary>
    /// <param name="secret">The secret shared by signalling and relay.</param>
    /// <param name="subject">Whom the credential is for: 1 to 200 visible ASCII characters without a colon; opaque, never a name of a room or person.</param>
    /// <param name="expiry">When it ends, in seconds since 1970 (UTC).</param>
    /// <exception cref="ArgumentException">The subject is not of that form, the expiry is negative or has more than 18 digits, or the secret is empty.</exception>
    public static Credentials Mint(string secret, string subject, long expiry)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentOutOfRangeException.ThrowIfNegative(expiry);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expiry, MaxExpiry);
        if (!Ascii.IsValid(subject) || !IsSubject(Encoding.ASCII.GetBytes(subject))) throw new ArgumentException($"'{subject}' is no subject: 1 to 200 visible ASCII characters without a colon", nameof(subject));

        var username = string.Create(CultureInfo.InvariantCulture, $"{expiry}:{subject}");
        Span<byte> password = stackalloc byte[PasswordBytes];
        WritePassword(secret, Encoding.ASCII.GetBytes(username), password);
        return new(username, Encoding.ASCII.GetString(password));
    }

    /// <summary>
    /// Writes the password that belongs to a username; the relay does this for each of its secrets, and compares what follows from it (a message's
    /// integrity) in constant time. Does not allocate for secrets of usual length.
    /// </summary>
    /// <param name="secret">The secret, hashed as UTF-8.</param>
    /// <param name="username">The username as it travelled.</param>
    /// <param name="password">Receives <see cref="PasswordBytes"/> bytes of ASCII.</param>
    public static void WritePassword(string secret, ReadOnlySpan<byte> username, Span<byte> password)
    {
        Span<byte> key = secret.Length <= 128 ? stackalloc byte[3 * 128] : new byte[Encoding.UTF8.GetByteCount(secret)];
        key = key[..Encoding.UTF8.GetBytes(secret, key)];
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The form that every TURN server and browser understands is HMAC-SHA1; it is not broken as a MAC.
        HMACSHA1.HashData(key, username, mac);
#pragma warning restore CA5350
        Base64.EncodeToUtf8(mac, password, out _, out _);
    }

    /// <summary>Reads expiry and subject from a username; says nothing about whether it is signed.</summary>
    /// <returns>False when it is not of the form <c>digits:subject</c>.</returns>
    public static bool TryReadUsername(ReadOnlySpan<byte> username, out long expiry, out string subject)
    {
        subject = "";
        expiry = 0;
        var colon = username.IndexOf((byte)':');
        if (username.Length > MaxUsernameBytes || colon is < 1 or > MaxExpiryDigits) return false;
        if (username[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9') || !IsSubject(username[(colon + 1)..])) return false;

        subject = Encoding.ASCII.GetString(username[(colon + 1)..]);
        return Utf8Parser.TryParse(username[..colon], out expiry, out _);
    }

    private static bool IsSubject(ReadOnlySpan<byte> subject) =>
        subject.Length is >= 1 and <= MaxSubjectBytes && !subject.ContainsAnyExceptInRange((byte)'!', (byte)'~') && !subject.Contains((byte)':');
}
