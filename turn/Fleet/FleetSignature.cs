using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Turn.Fleet;

/// <summary>
/// Signs what relays, signalling and the gate say to each other: HMAC-SHA-256 (RFC 2104) over the path and the exact bytes of the body. An answer is signed
/// together with its request's signature, so that no answer of another request can stand in its place.
/// </summary>
/// <remarks>
/// <code>
/// request = base64url(HMAC(key, "causeway fleet 1 request" LF path LF body))
/// answer  = base64url(HMAC(key, "causeway fleet 1 answer" LF path LF request LF body))
/// </code>
/// Freshness is the messages' own matter: each carries its time.
/// </remarks>
public static class FleetSignature
{
    /// <summary>The header of requests and answers.</summary>
    public const string Header = "Causeway-Signature";

    /// <summary>How far a message's time may lie from the receiver's clock, in seconds.</summary>
    public const int WindowSeconds = 60;

    // 43 characters of base64url, without padding.
    private const int TextLength = 43;

    /// <summary>Signs a request.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">The path that it is sent to, as <c>/relays/heartbeat</c>.</param>
    /// <param name="body">The exact body.</param>
    public static string Sign(string key, string path, ReadOnlySpan<byte> body) => Mac(key, $"causeway fleet 1 request\n{path}\n", body);

    /// <summary>Signs an answer.</summary>
    /// <param name="key">The key that the request was signed with.</param>
    /// <param name="path">The path that the request was sent to.</param>
    /// <param name="request">The request's signature.</param>
    /// <param name="body">The exact body of the answer.</param>
    public static string SignAnswer(string key, string path, string request, ReadOnlySpan<byte> body) => Mac(key, $"causeway fleet 1 answer\n{path}\n{request}\n", body);

    /// <summary>Finds the key that a request is signed with. Every key is tried, and each comparison takes the same time whatever is given.</summary>
    /// <returns>Null when it is none of them.</returns>
    public static string? KeyOf(IReadOnlyList<string> keys, string path, ReadOnlySpan<byte> body, string? signature)
    {
        string? found = null;
        foreach (var key in keys)
        {
            if (Same(Sign(key, path, body), signature)) found = key;
        }

        return found;
    }

    /// <summary>Whether an answer belongs to a request and comes from somebody who has its key.</summary>
    public static bool IsAnswer(string key, string path, string request, ReadOnlySpan<byte> body, string? signature) => Same(SignAnswer(key, path, request, body), signature);

    /// <summary>Whether a message's time is near enough.</summary>
    /// <param name="now">The receiver's clock, in seconds since 1970 (UTC).</param>
    /// <param name="time">The message's.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? ClockFault(long now, long time)
    {
        // What is sent may be any number.
        var ahead = (Int128)time - now;
        return Int128.Abs(ahead) <= WindowSeconds
            ? null
            : $"time: {time} is {Int128.Abs(ahead)} s {(ahead > 0 ? "ahead of" : "behind")} this host's clock, and {WindowSeconds} s are allowed; set both hosts' clocks (NTP)";
    }

    private static bool Same(string right, string? given) =>
        given?.Length == TextLength && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(given));

    private static string Mac(string key, string head, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
        mac.AppendData(Encoding.UTF8.GetBytes(head));
        mac.AppendData(body);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.GetHashAndReset(hash);
        return Base64Url.EncodeToString(hash);
    }
}
