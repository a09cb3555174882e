using System.Buffers.Binary;
using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>
/// The client's side of the long-term credential mechanism (RFC 8489 §9.2): learns from the server's challenges how to sign. Requests overlap, so what was
/// learnt is replaced as a whole, and each request keeps to what it began with. Pure: no socket, no clock.
/// </summary>
internal sealed class LongTermCredential(Credentials credentials, IReadOnlyList<PasswordAlgorithm> algorithms)
{
    // A nonce that begins so carries 24 security feature bits in the next four characters (RFC 8489 §9.2); bit 0 is the least
    // significant one (§18.1 as corrected by erratum 6290).
    private const string NonceCookie = "obMatJos2";
    private const int PasswordAlgorithmsBit = 1;

    private volatile RequestSigner? _signer;

    /// <summary>What signs the next request; null before the first challenge.</summary>
    public RequestSigner? Signer => _signer;

    /// <summary>
    /// Learns from a 401 or 438 response. False when a retry would fail alike: the nonce is the one that the request was signed with, or the challenge cannot or
    /// must not be answered (RFC 8489 §9.2.5).
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="used">What the request was signed with; null when it was not.</param>
    public bool TryLearn(in StunMessage response, RequestSigner? used)
    {
        if (!response.TryGet(StunAttributeType.Nonce, out var nonce) || (used is not null && nonce.SequenceEqual(used.Nonce))) return false;

        var realm = response.TryGet(StunAttributeType.Realm, out var named) ? Encoding.UTF8.GetString(named) : used?.Realm;
        if (realm is null || !TryChoose(response, nonce, out var algorithm, out var offered)) return false;

        _signer = new(credentials, realm, nonce.ToArray(), algorithm, offered);
        return true;
    }

    /// <summary>
    /// Chooses the first algorithm of the offer that is spoken; none, and so MD5, where the nonce says that the server makes no offers. False when the nonce promises an
    /// offer that is missing, because somebody took it out on the way, or when nothing in it is spoken.
    /// </summary>
    private bool TryChoose(in StunMessage challenge, ReadOnlySpan<byte> nonce, out PasswordAlgorithm? chosen, out byte[] offer)
    {
        (chosen, offer) = (null, []);
        if (!OffersAlgorithms(nonce)) return true;
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

    private static bool OffersAlgorithms(ReadOnlySpan<byte> nonce)
    {
        var text = Encoding.ASCII.GetString(nonce);
        if (!text.StartsWith(NonceCookie, StringComparison.Ordinal) || text.Length < NonceCookie.Length + 4) return false;

        Span<byte> features = stackalloc byte[3];
        return Convert.TryFromBase64Chars(text.AsSpan(NonceCookie.Length, 4), features, out _)
            && (((features[0] << 16) | (features[1] << 8) | features[2]) & PasswordAlgorithmsBit) != 0;
    }
}

/// <summary>Signs requests as one challenge asked for, and checks their responses (RFC 8489 §9.2.3 to §9.2.5).</summary>
internal sealed class RequestSigner
{
    private readonly string _username;
    private readonly PasswordAlgorithm? _algorithm;
    private readonly byte[] _offered;
    private readonly byte[] _key;

    /// <param name="credentials">Whose.</param>
    /// <param name="realm">The challenge's REALM.</param>
    /// <param name="nonce">The challenge's NONCE.</param>
    /// <param name="algorithm">What was chosen of the offer; null when the server makes none.</param>
    /// <param name="offered">The offer as it came.</param>
    public RequestSigner(Credentials credentials, string realm, byte[] nonce, PasswordAlgorithm? algorithm, byte[] offered)
    {
        (_username, Realm, Nonce, _algorithm, _offered) = (credentials.Username, realm, nonce, algorithm, offered);
        _key = (algorithm ?? PasswordAlgorithm.Md5).Key(credentials.Username, realm, credentials.Password);
    }

    public string Realm { get; }

    public byte[] Nonce { get; }

    /// <summary>Signs a request; only FINGERPRINT may follow.</summary>
    public void Sign(ref StunWriter writer)
    {
        writer.Add(StunAttributeType.Username, _username);
        writer.Add(StunAttributeType.Realm, Realm);
        writer.Add(StunAttributeType.Nonce, Nonce);
        if (_algorithm is null)
        {
            writer.AddIntegrity(StunIntegrity.Sha1, _key);
            return;
        }

        // The offer is sent back, so that the server sees whether somebody on the way took its best algorithm out of it.
        writer.Add(StunAttributeType.PasswordAlgorithms, _offered);
        writer.Add(StunAttributeType.PasswordAlgorithm, _algorithm.Value);
        writer.AddIntegrity(StunIntegrity.Sha256, _key);
    }

    /// <summary>Whether a response was signed by somebody who knows the password.</summary>
    public bool Verifies(in StunMessage response) => StunIntegrity.Of(response)?.Verify(response, _key) == true;
}
