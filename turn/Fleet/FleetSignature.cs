using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Turn.Fleet;

/// <summary>
/// Signs the messages between relays, signalling and the gate: HMAC-SHA-256 (RFC 2104) over the path and the exact bytes of the body. An
/// answer's signature covers the request's signature, so that the answer to another request isn't accepted.
/// </summary>
/// <remarks>
/// <code>
/// request = base64url(HMAC(key, "causeway fleet 1 request" LF path LF body))
/// answer  = base64url(HMAC(key, "causeway fleet 1 answer" LF path LF request LF body))
/// </code>
/// Each message carries its time, which proves that it is fresh.
/// </remarks>
public static class FleetSignature
{
    /// <summary>The header of requests and answers.</summary>
    public const string Header = "Causeway-Signature";

    /// <summary>The maximum difference between a message's time and the receiver's clock, in seconds.</summary>
    public const int WindowSeconds = 60;

    // 43 characters of base64url, without padding.
    private const int TextLength = 43;

    /// <summary>Signs a request.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">The path of the request, as <c>/relays/heartbeat</c>.</param>
    /// <param name="body">The exact body.</param>
    public static string Sign(string key, string path, ReadOnlySpan<byte> body) => Mac(key, $"causeway fleet 1 request\n{path}\n", body);

    /// <summary>Signs an answer.</summary>
    /// <param name="key">The key of the request.</param>
    /// <param name="path">The path of the request.</param>
    /// <param name="request">The request's signature.</param>
    /// <param name="body">The exact body of the answer.</param>
    public static string SignAnswer(string key, string path, string request, ReadOnlySpan<byte> body) =>
        Mac(key, $"causeway fleet 1 answer\n{path}\n{request}\n", body);

    /// <summary>Finds the key of a request's signature. It tries every key, in constant time.</summary>
    /// <returns>The key; null if none matches.</returns>
    public static string? KeyOf(IReadOnlyList<string> keys, string path, ReadOnlySpan<byte> body, string? signature)
    {
        string? found = null;
        foreach (var key in keys)
        {
            if (Same(Sign(key, path, body), signature)) found = key;
        }

        return found;
    }

    /// <summary>Whether an answer belongs to a request and comes from an owner of its key.</summary>
    public static bool IsAnswer(string key, string path, string request, ReadOnlySpan<byte> body, string? signature) =>
        Same(SignAnswer(key, path, request, body), signature);

    /// <summary>Checks a message's time.</summary>
    /// <param name="now">The receiver's clock, in seconds since 1970 (UTC).</param>
    /// <param name="time">The message's time.</param>
    /// <returns>Describes what is wrong; null if the time is within the window.</returns>
    public static string? ClockFault(long now, long time)
    {
        // The sent time may be any number.
        var ahead = (Int128)time - now;
        return Int128.Abs(ahead) <= WindowSeconds
            ? null
            : $"time: {time} is {Int128.Abs(ahead)} s {(ahead > 0 ? "ahead of" : "behind")} this host's clock, "
                + $"and {WindowSeconds} s are allowed; set both hosts' clocks (NTP)";
    }

    private static bool Same(string right, string? given) =>
        given?.Length == TextLength && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(given));

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
