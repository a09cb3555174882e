using System.Buffers.Binary;
using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>
/// The client's side of the long-term credential mechanism (RFC 8489 §9.2): learns realm, nonce and password algorithm from the server's
/// challenge, signs requests and checks responses. Pure: no socket, no clock.
/// </summary>
internal sealed class LongTermCredential(Credentials credentials, IReadOnlyList<PasswordAlgorithm> algorithms)
{
    // A nonce that begins so carries 24 security feature bits in the next four characters (RFC 8489 §9.2); bit 0 is the least
    // significant one (§18.1 as corrected by erratum 6290).
    private const string NonceCookie = "obMatJos2";
    private const int PasswordAlgorithmsBit = 1;

    private string _realm = "";
    private byte[] _nonce = [];
    private byte[] _offered = [];
    private PasswordAlgorithm? _algorithm;
    private byte[] _key = [];

    /// <summary>Whether a challenge was learnt, so that requests can be signed.</summary>
    public bool IsReady => _key.Length > 0;

    /// <summary>Learns from a 401 or 438 response. False when it brings nothing new, so that a retry would fail alike.</summary>
    public bool TryLearn(in StunMessage response)
    {
        if (!response.TryGet(StunAttributeType.Nonce, out var nonce) || nonce.SequenceEqual(_nonce)) return false;
        if (response.TryGet(StunAttributeType.Realm, out var realm)) _realm = Encoding.UTF8.GetString(realm);
        else if (!IsReady) return false;

        _nonce = nonce.ToArray();
        Choose(response);

        Span<byte> key = stackalloc byte[LongTermKey.MaxLength];
        var length = LongTermKey.Write(
            _algorithm ?? PasswordAlgorithm.Md5, Encoding.UTF8.GetBytes(credentials.Username), _realm, Encoding.UTF8.GetBytes(credentials.Password), key);
        _key = key[..length].ToArray();
        return true;
    }

    /// <summary>Signs a request; it must be the last but FINGERPRINT (RFC 8489 §9.2.3).</summary>
    public void Sign(ref StunWriter writer)
    {
        writer.Add(StunAttributeType.Username, credentials.Username);
        writer.Add(StunAttributeType.Realm, _realm);
        writer.Add(StunAttributeType.Nonce, _nonce);
        if (_algorithm is not { } algorithm)
        {
            writer.AddMessageIntegrity(_key);
            return;
        }

        // The offer is sent back, so that the server sees whether somebody on the way took its best algorithm out of it.
        writer.Add(StunAttributeType.PasswordAlgorithms, _offered);
        writer.Add(StunAttributeType.PasswordAlgorithm, (uint)algorithm << 16);
        writer.AddMessageIntegritySha256(_key);
    }

    /// <summary>Whether a response was signed by somebody who knows the password.</summary>
    public bool Verifies(in StunMessage response) =>
        response.Has(StunAttributeType.MessageIntegritySha256)
            ? StunIntegrity.VerifySha256(response, _key)
            : StunIntegrity.VerifySha1(response, _key);

    private void Choose(in StunMessage challenge)
    {
        _algorithm = null;
        _offered = [];
        if (!OffersAlgorithms(_nonce) || !challenge.TryGet(StunAttributeType.PasswordAlgorithms, out var offered)) return;

        // Each entry: algorithm (16 bits), length of its parameters (16 bits), parameters padded to four bytes (RFC 8489 §14.11).
        for (var rest = offered; rest.Length >= 4;)
        {
            var algorithm = (PasswordAlgorithm)BinaryPrimitives.ReadUInt16BigEndian(rest);
            var parameters = StunConstants.Padded(BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (parameters == 0 && algorithms.Contains(algorithm))
            {
                _algorithm = algorithm;
                _offered = offered.ToArray();
                return;
            }

            rest = rest[Math.Min(rest.Length, 4 + parameters)..];
        }
    }

    private static bool OffersAlgorithms(byte[] nonce)
    {
        var text = Encoding.ASCII.GetString(nonce);
        if (!text.StartsWith(NonceCookie, StringComparison.Ordinal) || text.Length < NonceCookie.Length + 4) return false;

        Span<byte> features = stackalloc byte[3];
        return Convert.TryFromBase64Chars(text.AsSpan(NonceCookie.Length, 4), features, out _)
            && (((features[0] << 16) | (features[1] << 8) | features[2]) & PasswordAlgorithmsBit) != 0;
    }
}
