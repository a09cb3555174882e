using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>
/// The result of a nonce check. Forged and stale ones are answered 438 with a new nonce (RFC 8489 §9.2.4), and counted separately.
/// </summary>
public enum NonceVerdict : byte
{
    /// <summary>
    /// The relay didn't issue it to this client: it is another relay's, of an earlier start, of the client's earlier address, or invented.
    /// </summary>
    Forged,

    /// <summary>The relay issued it to this client, too long ago.</summary>
    Stale,

    /// <summary>The relay issued it to this client recently.</summary>
    Valid,
}

/// <summary>
/// A stateless NONCE: it authenticates time and client, so that the relay stores nothing.
/// <code>
/// "obMatJos2" | base64 (security features, 24 bits) | base64 (time, 64 bits | HMAC-SHA256 of client and time, first 128 bits)
/// </code>
/// The first two parts are the nonce cookie (RFC 8489 §9.2). It tells clients, under MESSAGE-INTEGRITY, that the response has
/// PASSWORD-ALGORITHMS, so that an attacker can't remove that to force MD5, and whether they must send USERHASH.
/// </summary>
public static class Nonce
{
    /// <summary>The length of a nonce in bytes, all of them visible ASCII without quote and backslash.</summary>
    public const int Length = 13 + 32;

    /// <summary>The length of the key in bytes.</summary>
    public const int KeyLength = 32;

    private const int TimeLength = 8;
    private const int MacLength = 16;

    // Bit 0, password algorithms, is always set; bit 1, username anonymity, where clients are to send USERHASH. Bit 0 is the least
    // significant one (RFC 8489 §18.1 as corrected by its verified erratum 6290).
    private static ReadOnlySpan<byte> Cookie(bool hidesUsernames) => hidesUsernames ? "obMatJos2AAAD"u8 : "obMatJos2AAAB"u8;

    /// <summary>Writes a nonce.</summary>
    /// <param name="key">The relay's key for nonces: <see cref="KeyLength"/> random bytes, new at every start.</param>
    /// <param name="client">The client; its transport and address are covered, its endpoint isn't.</param>
    /// <param name="now">The time; only the monotonic clock is used.</param>
    /// <param name="nonce">Receives <see cref="Length"/> bytes.</param>
    /// <param name="hidesUsernames">Whether the cookie announces username anonymity.</param>
    public static void Write(ReadOnlySpan<byte> key, in ClientHandle client, Instant now, Span<byte> nonce, bool hidesUsernames = false)
    {
        Span<byte> token = stackalloc byte[TimeLength + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(token, now.Milliseconds);
        ComputeMac(key, client, token[..TimeLength], token[TimeLength..]);

        var cookie = Cookie(hidesUsernames);
        cookie.CopyTo(nonce);
        Base64.EncodeToUtf8(token, nonce[cookie.Length..Length], out _, out _);
    }

    /// <summary>Checks a nonce that a client sent, in constant time.</summary>
    /// <param name="key">The key passed to <see cref="Write"/>.</param>
    /// <param name="nonce">The value of NONCE, with any content.</param>
    /// <param name="client">The sender.</param>
    /// <param name="now">The time.</param>
    /// <param name="lifetimeSeconds">How long nonces are valid.</param>
    /// <param name="hidesUsernames">What <see cref="Write"/> announces now; a nonce that announces something else is forged.</param>
    public static NonceVerdict Check(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        in ClientHandle client,
        Instant now,
        int lifetimeSeconds,
        bool hidesUsernames = false)
    {
        var cookie = Cookie(hidesUsernames);
        if (nonce.Length != Length || !nonce.StartsWith(cookie)) return NonceVerdict.Forged;

        Span<byte> token = stackalloc byte[TimeLength + MacLength];
        var decoded = Base64.DecodeFromUtf8(nonce[cookie.Length..], token, out _, out var written);
        if (decoded != OperationStatus.Done || written != token.Length) return NonceVerdict.Forged;

        Span<byte> mac = stackalloc byte[MacLength];
        ComputeMac(key, client, token[..TimeLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, token[TimeLength..])) return NonceVerdict.Forged;

        // It may be newer than now: another shard issued it, and shards read the clock once a batch.
        var age = now.Milliseconds - BinaryPrimitives.ReadInt64BigEndian(token);
        return age > lifetimeSeconds * 1000L ? NonceVerdict.Stale : NonceVerdict.Valid;
    }

    private static void ComputeMac(ReadOnlySpan<byte> key, in ClientHandle client, ReadOnlySpan<byte> time, Span<byte> mac)
    {
        // transport (8) | family (8) | port (16) | address, IPv4 in the low bits (128) | time (64)
        Span<byte> covered = stackalloc byte[20 + TimeLength];
        covered[0] = (byte)client.Transport;
        covered[1] = (byte)client.Address.Family;
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], client.Address.Port);
        BinaryPrimitives.WriteUInt128BigEndian(covered[4..], client.Address.Ip.Bits);
        time.CopyTo(covered[20..]);

        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, covered, whole);
        whole[..mac.Length].CopyTo(mac);
    }
}
