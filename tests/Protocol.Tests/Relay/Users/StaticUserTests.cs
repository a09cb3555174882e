using System.Text;
using Causeway.Turn.Protocol.Relay.Users;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Users;

/// <summary>How static users are written in the settings.</summary>
public class StaticUserTests
{
    private const string Realm = "north.gov";

    // turnadmin -k -u gorst -r north.gov -p hero
    private const string KeyOfTurnadmin = "0x7da2270ccfa49786e0115366d3a3d14d";

    [Theory]
    [InlineData("gorst:hero", "gorst", "hero")]
    [InlineData("gorst:he:ro:", "gorst", "he:ro:")]
    [InlineData("Zoë:pass\u00A0word", "Zoë", "pass word")]
    [InlineData("a\u3000b:pw", "a b", "pw")]
    [InlineData("1234567890123456789:more digits than a time has", "1234567890123456789", "more digits than a time has")]
    public void A_user_is_a_name_and_a_password(string text, string name, string password)
    {
        var user = Read(text);

        Assert.Equal(name, user.Name);
        Assert.Equal(PasswordAlgorithm.Md5.Key(name, Realm, password), user.Key(PasswordAlgorithm.Md5));
        Assert.Equal(PasswordAlgorithm.Sha256.Key(name, Realm, password), user.Key(PasswordAlgorithm.Sha256));
    }

    [Fact]
    public void The_key_that_turnadmin_prints_is_that_of_the_password()
    {
        var (written, derived) = (Read($"gorst:{KeyOfTurnadmin}"), Read("gorst:hero"));

        Assert.Equal(derived.Key(PasswordAlgorithm.Md5), written.Key(PasswordAlgorithm.Md5));
        Assert.Null(written.Key(PasswordAlgorithm.Sha256));
    }

    [Fact]
    public void Both_keys_are_as_good_as_the_password()
    {
        var derived = Read("gorst:hero");
        var (md5, sha256) = (derived.Key(PasswordAlgorithm.Md5)!, derived.Key(PasswordAlgorithm.Sha256)!);

        var written = Read($"gorst:0x{Convert.ToHexStringLower(md5)}:0x{Convert.ToHexString(sha256)}");

        Assert.True(written.IsSame(derived));
        Assert.False(Read($"gorst:0x{Convert.ToHexStringLower(md5)}").IsSame(derived));
        Assert.False(Read("gorst:heros").IsSame(derived));
        Assert.False(Read("gorst2:hero").IsSame(derived));
    }

    [Theory]
    [InlineData("gorst", "has no colon")]
    [InlineData(":hero", "has no name")]
    [InlineData("go\trst:hero", "has no name, or one with control")]
    [InlineData("go\uFFFErst:hero", "has no name, or one with control")]
    [InlineData("1900000000:alice:hero", "has a name of digits, which is that of a time-limited credential")]
    [InlineData("1:hero", "has a name of digits, which is that of a time-limited credential")]
    [InlineData("causeway-operator:hero", "reserved for the relay's operator")]
    [InlineData("gorst:", "has no password")]
    [InlineData("gorst:he\u0085ro", "has no password, or one with control")]
    [InlineData("gorst:0x7da2", "has no valid key")]
    [InlineData("gorst:0x7da2270ccfa49786e0115366d3a3d14g", "has no valid key")]
    [InlineData("gorst:0x7da2270ccfa49786e0115366d3a3d14d:hero", "has no valid second key")]
    [InlineData("gorst:0x7da2270ccfa49786e0115366d3a3d14d:0x00:0x00", "has no valid key")]
    public void What_is_wrong_with_a_user_is_said_without_its_secrets(string text, string mistake)
    {
        var said = StaticUser.TryRead(text, Realm, out var user);

        Assert.Null(user);
        Assert.Contains(mistake, said, StringComparison.Ordinal);
        Assert.DoesNotContain("gorst", said, StringComparison.Ordinal);
        Assert.DoesNotContain("hero", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_refused()
    {
        Assert.StartsWith("has no name", StaticUser.TryRead("gorst\uD83D:hero", Realm, out _), StringComparison.Ordinal);
        Assert.Equal("gorst\U0001F680", Read("gorst\U0001F680:hero").Name);
    }

    [Fact]
    public void Name_and_password_have_at_most_508_bytes()
    {
        var longest = new string('ö', 254);

        Assert.Equal(longest, Read($"{longest}:{longest}").Name);
        Assert.StartsWith("has a name of more", StaticUser.TryRead($"{longest}o:pw", Realm, out _), StringComparison.Ordinal);
        Assert.StartsWith("has a password of more", StaticUser.TryRead($"gorst:{longest}o", Realm, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void Users_are_found_by_name_and_by_hash()
    {
        var users = new StaticUsers([Read("gorst:hero"), Read("Zoë:pw")], Realm);
        var hash = new byte[Userhash.Length];
        Userhash.Write("gorst"u8, Encoding.UTF8.GetBytes(Realm), hash);

        Assert.Equal("Zoë", users.Find("Zoë"u8)?.Name);
        Assert.Equal("gorst", users.FindByHash(hash)?.Name);
        Assert.Null(users.Find("gorst2"u8));
        Assert.Null(users.Find(""u8));
        Assert.Null(users.Find(new byte[StunConstants.MaxRequestLength]));
        Assert.Null(users.FindByHash(hash.AsSpan(1)));
        hash[^1] ^= 1;
        Assert.Null(users.FindByHash(hash));
    }

    [Fact]
    public void There_are_at_most_ten_thousand_users()
    {
        var users = Enumerable.Range(0, StaticUsers.Max + 1).Select(i => Read($"user{i}:{KeyOfTurnadmin}")).ToList();

        Assert.Equal(StaticUsers.Max, new StaticUsers(users.Skip(1), Realm).Count);
        Assert.Throws<ArgumentException>(() => new StaticUsers(users, Realm));
    }

    [Fact]
    public void Two_lists_are_the_same_when_their_users_are()
    {
        var users = new StaticUsers([Read("gorst:hero"), Read("ada:pw")], Realm);

        Assert.True(users.IsSame(new([Read("ada:pw"), Read("gorst:hero")], Realm)));
        Assert.False(users.IsSame(new([Read("ada:pw")], Realm)));
        Assert.False(users.IsSame(new([Read("ada:pw"), Read("gorst:other")], Realm)));
        Assert.False(StaticUsers.None.IsSame(users));
    }

    private static StaticUser Read(string text)
    {
        Assert.Null(StaticUser.TryRead(text, Realm, out var user));
        return user!;
    }
}
