using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Signalling.Wire;

/// <summary>
/// What the members of a room are shown of a client's key. It stays the same when the member's id does not, as after a restart of the server,
/// and cannot be taken over: that would need the inverse of SHA-256 of at least 128 random bits. In another room it is another one.
/// </summary>
internal static class ClientId
{
    /// <summary>The fewest characters of a key: 128 bits in base64url.</summary>
    public const int MinKeyLength = 22;

    private const int Bytes = 16;

    /// <summary>Makes the id of a key in a room; null for no key.</summary>
    public static string? Of(string room, string? key) => key is null
        ? null
        : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"causeway client\n{room}\n{key}")).AsSpan(0, Bytes));
}
