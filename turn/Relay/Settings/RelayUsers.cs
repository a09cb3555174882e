using Causeway.Turn.Fleet;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol.Relay.Users;
using static System.FormattableString;

namespace Causeway.Relay.Settings;

/// <summary>Reads the static users of the options and of their file. Names and passwords never appear in a message.</summary>
internal static class RelayUsers
{
    public static StaticUsers Load(RelayOptions options, ICollection<string> mistakes)
    {
        var users = new Dictionary<string, StaticUser>();
        Add(i => Invariant($"relay.users[{i}]"), options.Users, options.Realm, users, mistakes);
        if (options.UsersFile is { Length: > 0 } file
            && SecretLines.Read("relay.usersFile", file, mistakes, StaticUsers.Max + 1) is { } lines)
        {
            Add(i => Invariant($"relay.usersFile: {file}, line {i + 1}"), lines, options.Realm, users, mistakes);
        }

        if (users.Count <= StaticUsers.Max) return new(users.Values, options.Realm);

        mistakes.Add(Invariant($"relay.users: more than {StaticUsers.Max} users, with those of relay.usersFile; write fewer"));
        return StaticUsers.None;
    }

    private static void Add(
        Func<int, string> where,
        IReadOnlyList<string> lines,
        string realm,
        Dictionary<string, StaticUser> users,
        ICollection<string> mistakes)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (StaticUser.TryRead(lines[i], realm, out var user) is { } mistake) mistakes.Add($"{where(i)}: {mistake}");
            else if (!users.TryAdd(user!.Name, user)) mistakes.Add($"{where(i)}: has the name of an earlier user; remove one of them");
        }
    }
}
