using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Secrets;

/// <summary>
/// Derives every secret of an environment from its root secret by HKDF-SHA-256 (RFC 5869) with a label and a rotation stamp. So planning
/// twice gives the same secrets, rotation is one setting, and no derived secret reveals another.
/// </summary>
public static class SecretDerivation
{
    public const string Turn = "turn";             // of TURN credentials, shared by signalling and relays
    public const string Heartbeat = "heartbeat";   // signs heartbeats and their answers
    public const string Admission = "admission";   // signs admissions

    /// <summary>Derives the secret for a label and a stamp.</summary>
    /// <param name="root">The root secret, at least <see cref="RootSecret.MinBytes"/> bytes from a random source.</param>
    /// <returns>32 bytes in base64url, 43 characters.</returns>
    /// <exception cref="ArgumentException">The root secret is too short.</exception>
    public static string Derive(ReadOnlySpan<byte> root, string label, string stamp)
    {
        if (root.Length < RootSecret.MinBytes)
            throw new ArgumentException($"the root secret has {root.Length} bytes; it needs {RootSecret.MinBytes} or more", nameof(root));

        // The length before the label keeps ("a", "bc") and ("ab", "c") apart.
        var info = Encoding.UTF8.GetBytes($"causeway v1 {label.Length}:{label} {stamp}");
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, key, salt: [], info);
        return Base64Url.EncodeToString(key);
    }
}
