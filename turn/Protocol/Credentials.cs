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
/// <param name="Username">The expiry in seconds since 1970 (UTC), a colon, and the subject. Travels in clear.</param>
/// <param name="Password">What the client proves that it knows; called <c>credential</c> in a browser's iceServers.</param>
public sealed record Credentials(string Username, string Password)
{
    /// <summary>The largest username in bytes that Causeway mints and accepts.</summary>
    public const int MaxUsernameBytes = 256;

    /// <summary>Mints a credential.</summary>
    /// <param name="secret">The secret shared by signalling and relay.</param>
    /// <param name="subject">Whom the credential is for: 1 to 200 visible ASCII characters without a colon; opaque, never a name of a room or person.</param>
    /// <param name="expiry">When it ends, in seconds since 1970 (UTC).</param>
    /// <exception cref="ArgumentException">The subject is not of that form, the expiry is negative or the secret is empty.</exception>
    public static Credentials Mint(string secret, string subject, long expiry)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentOutOfRangeException.ThrowIfNegative(expiry);
        if (!IsSubject(subject)) throw new ArgumentException($"'{subject}' is no subject: 1 to 200 visible ASCII characters without a colon", nameof(subject));

        var username = string.Create(CultureInfo.InvariantCulture, $"{expiry}:{subject}");
        Span<byte> password = stackalloc byte[PasswordBytes];
        WritePassword(secret, Encoding.ASCII.GetBytes(username), password);
        return new(username, Encoding.ASCII.GetString(password));
    }

    /// <summary>Length of every password: base64 of the 20 bytes of a SHA-1 hash.</summary>
    public const int PasswordBytes = 28;

    /// <summary>Writes the password that belongs to a username; the relay does this for each of its secrets.</summary>
    public static void WritePassword(string secret, ReadOnlySpan<byte> username, Span<byte> password)
    {
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The form that every TURN server and browser understands is HMAC-SHA1; it is not broken as a MAC.
        HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), username, mac);
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
        if (username.Length > MaxUsernameBytes || colon is < 1 or > 18) return false;
        if (!Utf8Parser.TryParse(username[..colon], out expiry, out var digits) || digits != colon || expiry < 0) return false;

        subject = Encoding.ASCII.GetString(username[(colon + 1)..]);
        return IsSubject(subject);
    }

    private static bool IsSubject(string subject) =>
        subject.Length is >= 1 and <= 200 && !subject.AsSpan().ContainsAnyExceptInRange('!', '~') && !subject.Contains(':', StringComparison.Ordinal);
}
