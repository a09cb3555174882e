using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Signalling.Wire;

/// <summary>
/// The public id of a client: a digest of its key and room. It stays the same across member ids, even after a restart of the server, and
/// cannot be claimed by others: the key has at least 128 random bits. It differs from room to room.
/// </summary>
internal static class ClientId
{
    /// <summary>The minimum length of a key: 128 bits in base64url.</summary>
    public const int MinKeyLength = 22;

    private const int Bytes = 16;

    /// <summary>Gets the id of a key in a room; null without a key.</summary>
    public static string? Of(string room, string? key) => key is null
        ? null
        : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"causeway client\n{room}\n{key}")).AsSpan(0, Bytes));
}
