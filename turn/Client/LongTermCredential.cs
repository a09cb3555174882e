using System.Buffers.Binary;
using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>
/// The client's side of the long-term credential mechanism (RFC 8489 §9.2): learns from the server's challenges how to sign. Requests
/// overlap, so the signer is replaced as a whole, and each request keeps the signer that it began with. Pure: no socket, no clock.
/// </summary>
/// <param name="credentials">The credential.</param>
/// <param name="algorithms">The supported algorithms.</param>
/// <param name="learned">The signer of an earlier challenge of the server; null before one.</param>
internal sealed class LongTermCredential(
    Credentials credentials, IReadOnlyList<PasswordAlgorithm> algorithms, RequestSigner? learned = null)
{
    // A nonce with this prefix carries 24 security feature bits in the next four characters (RFC 8489 §9.2); bit 0 is the least
    // significant one (§18.1 as corrected by erratum 6290).
    private const string NonceCookie = "obMatJos2";
    private const int PasswordAlgorithmsBit = 1;
    private const int UsernameAnonymityBit = 2;

    private volatile RequestSigner? _signer = learned;

    /// <summary>The signer of the next request; null before the first challenge.</summary>
    public RequestSigner? Signer => _signer;

    /// <summary>
    /// Learns from a 401 or 438 response. False when a retry would fail in the same way: the nonce is that of the request, or the challenge
    /// can't or must not be answered (RFC 8489 §9.2.5).
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="used">The request's signer; null for an unsigned request.</param>
    public bool TryLearn(in StunMessage response, RequestSigner? used)
    {
        if (!response.TryGet(StunAttributeType.Nonce, out var nonce) || (used is not null && nonce.SequenceEqual(used.Nonce))) return false;

        var realm = response.TryGet(StunAttributeType.Realm, out var named) ? Encoding.UTF8.GetString(named) : used?.Realm;
        if (realm is null || !TryChoose(response, nonce, out var algorithm, out var offered)) return false;

        _signer = new(credentials, realm, nonce.ToArray(), algorithm, offered, HidesUsername(nonce));
        return true;
    }

    /// <summary>
    /// Chooses the first supported algorithm of the server's offer; none, which means MD5, if the nonce announces no offer. False if the
    /// announced offer is missing, because an attacker removed it, or contains no supported algorithm.
    /// </summary>
    private bool TryChoose(in StunMessage challenge, ReadOnlySpan<byte> nonce, out PasswordAlgorithm? chosen, out byte[] offer)
    {
        (chosen, offer) = (null, []);
        if ((Features(nonce) & PasswordAlgorithmsBit) == 0) return true;
        if (!challenge.TryGet(StunAttributeType.PasswordAlgorithms, out var offered)) return false;

        // Each entry: algorithm (16 bits), length of its parameters (16 bits), parameters padded to four bytes (RFC 8489 §14.11).
        for (var rest = offered; rest.Length >= 4;)
        {
            var parameters = StunConstants.Padded(BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (PasswordAlgorithm.TryRead(rest[..4], out var algorithm) && algorithms.Contains(algorithm))
            {
                (chosen, offer) = (algorithm, offered.ToArray());
                return true;
            }

            rest = rest[Math.Min(rest.Length, 4 + parameters)..];
        }

        return false;
    }

    /// <summary>
    /// Whether the server demands USERHASH (RFC 8489 §9.2.5). A time-limited name is sent nevertheless: no server has a list of them to
    /// find a hash in.
    /// </summary>
    private bool HidesUsername(ReadOnlySpan<byte> nonce) =>
        (Features(nonce) & UsernameAnonymityBit) != 0
        && !Credentials.TryReadUsername(Encoding.UTF8.GetBytes(credentials.Username), out _, out _);

    private static int Features(ReadOnlySpan<byte> nonce)
    {
        var text = Encoding.ASCII.GetString(nonce);
        if (!text.StartsWith(NonceCookie, StringComparison.Ordinal) || text.Length < NonceCookie.Length + 4) return 0;

        Span<byte> features = stackalloc byte[3];
        return Convert.TryFromBase64Chars(text.AsSpan(NonceCookie.Length, 4), features, out _)
            ? (features[0] << 16) | (features[1] << 8) | features[2]
            : 0;
    }
}

/// <summary>Signs requests as a challenge demands, and verifies their responses (RFC 8489 §9.2.3 to §9.2.5).</summary>
internal sealed class RequestSigner
{
    private readonly string _username;
    private readonly byte[]? _userhash;
    private readonly PasswordAlgorithm? _algorithm;
    private readonly byte[] _offered;
    private readonly byte[] _key;

    /// <param name="credentials">The credential.</param>
    /// <param name="realm">The challenge's REALM.</param>
    /// <param name="nonce">The challenge's NONCE.</param>
    /// <param name="algorithm">The chosen algorithm; null without an offer.</param>
    /// <param name="offered">The offer as received.</param>
    /// <param name="hidesUsername">Whether to send USERHASH instead of USERNAME (RFC 8489 §14.4).</param>
    public RequestSigner(
        Credentials credentials, string realm, byte[] nonce, PasswordAlgorithm? algorithm, byte[] offered, bool hidesUsername)
    {
        (_username, Realm, Nonce, _algorithm, _offered) = (credentials.Username, realm, nonce, algorithm, offered);
        _key = (algorithm ?? PasswordAlgorithm.Md5).Key(credentials.Username, realm, credentials.Password);
        if (!hidesUsername) return;

        _userhash = new byte[Userhash.Length];
        Userhash.Write(Encoding.UTF8.GetBytes(credentials.Username), Encoding.UTF8.GetBytes(realm), _userhash);
    }

    public string Realm { get; }

    public byte[] Nonce { get; }

    /// <summary>Signs a request; only FINGERPRINT may follow.</summary>
    public void Sign(ref StunWriter writer)
    {
        if (_userhash is null) writer.Add(StunAttributeType.Username, _username);
        else writer.Add(StunAttributeType.Userhash, _userhash);
        writer.Add(StunAttributeType.Realm, Realm);
        writer.Add(StunAttributeType.Nonce, Nonce);
        if (_algorithm is null)
        {
            writer.AddIntegrity(StunIntegrity.Sha1, _key);
            return;
        }

        // The offer is sent back, so that the server detects an attacker who removed its best algorithm.
        writer.Add(StunAttributeType.PasswordAlgorithms, _offered);
        writer.Add(StunAttributeType.PasswordAlgorithm, _algorithm.Value);
        writer.AddIntegrity(StunIntegrity.Sha256, _key);
    }

    /// <summary>Whether a response was signed with the password.</summary>
    public bool Verifies(in StunMessage response) => StunIntegrity.Of(response)?.Verify(response, _key) == true;
}
