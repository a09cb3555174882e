using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Users;

/// <summary>
/// The static users of a relay, found by name or by USERHASH (RFC 8489 §9.2.4). One table serves both: a name is hashed first, so that
/// neither lookup tells by its time how much of a name was right. Immutable.
/// </summary>
public sealed class StaticUsers
{
    /// <summary>The maximum number of users.</summary>
    public const int Max = 10_000;

    /// <summary>No users.</summary>
    public static readonly StaticUsers None = new([], "");

    // By the first half of the hash; of two users with the same half, which SHA-256 doesn't produce, the first one is kept.
    private readonly Dictionary<UInt128, StaticUser> _users = [];
    private readonly byte[] _realm;

    /// <summary>Creates the table.</summary>
    /// <param name="users">The users; the first one of a name counts.</param>
    /// <param name="realm">The realm that they were read with.</param>
    /// <exception cref="ArgumentException">There are more than <see cref="Max"/>.</exception>
    public StaticUsers(IEnumerable<StaticUser> users, string realm)
    {
        _realm = Encoding.UTF8.GetBytes(realm);
        foreach (var user in users) _users.TryAdd(Half(user.Userhash), user);
        if (_users.Count > Max) throw new ArgumentException($"{_users.Count} users; at most {Max} are supported", nameof(users));
    }

    /// <summary>Gets the number of users.</summary>
    public int Count => _users.Count;

    /// <summary>Finds a user by the value of USERNAME; null without one.</summary>
    internal StaticUser? Find(ReadOnlySpan<byte> username)
    {
        if (username.Length > StaticUser.MaxBytes) return null;

        Span<byte> hash = stackalloc byte[Userhash.Length];
        Userhash.Write(username, _realm, hash);
        return FindByHash(hash);
    }

    /// <summary>Finds a user by the value of USERHASH; null without one.</summary>
    internal StaticUser? FindByHash(ReadOnlySpan<byte> hash) =>
        hash.Length == Userhash.Length
        && _users.TryGetValue(Half(hash), out var user)
        && CryptographicOperations.FixedTimeEquals(user.Userhash, hash) ? user : null;

    /// <summary>Whether a user of these or of earlier settings is still one, with the same keys.</summary>
    internal bool Has(StaticUser user) => FindByHash(user.Userhash) is { } current && current.IsSame(user);

    /// <summary>Whether both have the same users with the same keys.</summary>
    public bool IsSame(StaticUsers other) => Count == other.Count && _users.Values.All(other.Has);

    private static UInt128 Half(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);
}
