using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Causeway.Turn.Protocol;

/// <summary>
/// Time-limited credentials of the "TURN REST API" form: <c>username = &lt;unix expiry&gt;:&lt;subject&gt;</c>,
/// <c>password = base64(HMAC-SHA1(secret, username))</c> (draft-uberti-behave-turn-rest-00 §2.2). Signalling mints them and the
/// relay checks them with this file; neither stores anything.
/// </summary>
/// <remarks>
/// The grammar of the username, which the password signs as a whole. The relay accepts more than Causeway mints, because servers of other
/// programs (XMPP, Matrix) mint names for it too:
/// <code>
/// username = expiry [ ":" subject ]        ; fewer than 509 bytes of UTF-8 without control characters (RFC 8489 §14.3)
/// expiry   = 1*18 DIGIT                    ; seconds since 1970 (UTC)
/// minted   = 1*200 (%x21-39 / %x3B-7E)     ; our subjects: visible ASCII without the colon
/// </code>
/// The time ends at the first colon; the subject may contain more colons. A name without a subject is the time alone and its own subject:
/// all users whose credential expires in the same second share it. Subjects that begin with <c>&lt;causeway:</c> are reserved for signed
/// policy (limits that the name carries). A relay that doesn't understand policy refuses them: ignoring a limit would lift it.
/// </remarks>
/// <param name="Username">The expiry in seconds since 1970 (UTC), a colon, and the subject. Travels in clear.</param>
/// <param name="Password">The shared secret with the client; called <c>credential</c> in a browser's iceServers.</param>
public sealed record Credentials(string Username, string Password)
{
    /// <summary>The largest username in bytes that the relay accepts (RFC 8489 §14.3).</summary>
    public const int MaxUsernameBytes = 508;

    /// <summary>The largest username in bytes that Causeway mints.</summary>
    public const int MaxMintedBytes = 256;

    /// <summary>The length of a password in bytes: base64 of the 20 bytes of a SHA-1 hash.</summary>
    public const int PasswordBytes = 28;

    /// <summary>
    /// The subject of the relay's operator, who may query its use (RELAY-USE). Signalling never mints it for a client.
    /// </summary>
    public const string OperatorSubject = "causeway-operator";

    private const int MaxSubjectBytes = 200;

    // Any number of so many digits fits into a signed 64-bit integer.
    private const int MaxExpiryDigits = 18;
    private const long MaxExpiry = 999_999_999_999_999_999;

    // No user id of XMPP or Matrix begins like this, and no subject that we mint.
    private static ReadOnlySpan<byte> PolicyPrefix => "<causeway:"u8;

    /// <summary>Mints a credential.</summary>
    /// <param name="secret">The secret shared by signalling and relay.</param>
    /// <param name="subject">
    /// The user: 1 to 200 visible ASCII characters without a colon; opaque, never the name of a room or person.
    /// </param>
    /// <param name="expiry">The expiry in seconds since 1970 (UTC).</param>
    /// <exception cref="ArgumentException">
    /// The subject has another form, the expiry is negative or has more than 18 digits, or the secret is empty.
    /// </exception>
    public static Credentials Mint(string secret, string subject, long expiry)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentOutOfRangeException.ThrowIfNegative(expiry);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expiry, MaxExpiry);
        if (!IsSubject(subject))
        {
            throw new ArgumentException(
                $"invalid subject '{subject}': use 1 to 200 visible ASCII characters without a colon", nameof(subject));
        }

        return Sign(secret, string.Create(CultureInfo.InvariantCulture, $"{expiry}:{subject}"));
    }

    /// <summary>Whether Causeway mints credentials for a subject: 1 to 200 visible ASCII characters without a colon.</summary>
    public static bool IsSubject(string subject) =>
        subject.Length is >= 1 and <= MaxSubjectBytes && subject.All(letter => letter is >= '!' and <= '~' and not ':');

    /// <summary>Signs any username, as other programs choose them.</summary>
    internal static Credentials Sign(string secret, string username)
    {
        Span<byte> password = stackalloc byte[PasswordBytes];
        WritePassword(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username), password);
        return new(username, Encoding.ASCII.GetString(password));
    }

    /// <summary>
    /// Writes the password of a username. The relay derives it for each of its secrets, and compares the resulting message integrity in
    /// constant time. Does not allocate.
    /// </summary>
    /// <param name="secret">The secret in UTF-8.</param>
    /// <param name="username">The username as received.</param>
    /// <param name="password">Receives <see cref="PasswordBytes"/> bytes of ASCII.</param>
    public static void WritePassword(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> username, Span<byte> password)
    {
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The form that every TURN server and browser understands is HMAC-SHA1; it is not broken as a MAC.
        HMACSHA1.HashData(secret, username, mac);
#pragma warning restore CA5350
        Base64.EncodeToUtf8(mac, password, out _, out _);
    }

    /// <summary>Reads expiry and subject from a username, without checking a signature. Does not allocate.</summary>
    /// <param name="username">The username as received.</param>
    /// <param name="expiry">The expiry in seconds since 1970 (UTC).</param>
    /// <param name="subject">The user in UTF-8: what follows the first colon, or the whole name when that is only a time.</param>
    /// <returns>False when it has neither the form <c>digits</c> nor <c>digits:subject</c>, or contains what a username can't.</returns>
    public static bool TryReadUsername(ReadOnlySpan<byte> username, out long expiry, out ReadOnlySpan<byte> subject)
    {
        expiry = 0;
        subject = default;
        if (username.Length > MaxUsernameBytes || !IsText(username)) return false;

        var colon = username.IndexOf((byte)':');
        var digits = colon < 0 ? username : username[..colon];
        if (digits.Length is < 1 or > MaxExpiryDigits || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;

        subject = username[(digits.Length + (colon < 0 ? 0 : 1))..];
        if (subject.IsEmpty) subject = username;
        return !subject.StartsWith(PolicyPrefix) && Utf8Parser.TryParse(digits, out expiry, out _);
    }

    // The OpaqueString profile (RFC 8265 §4.2) has no control characters: C0 and DEL are single bytes, C1 is C2 80 to C2 9F.
    private static bool IsText(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains((byte)0x7F) || !Utf8.IsValid(text)) return false;

        for (var lead = text.IndexOf((byte)0xC2); lead >= 0; lead = text.IndexOf((byte)0xC2))
        {
            if (text[lead + 1] < 0xA0) return false;
            text = text[(lead + 2)..];
        }

        return true;
    }
}
