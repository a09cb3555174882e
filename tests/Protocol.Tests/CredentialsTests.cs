using System.Text;
using Causeway.Turn.Protocol;
using CsCheck;

namespace Causeway.Protocol.Tests;

public class CredentialsTests
{
    // printf %s 1700000000:abc | openssl dgst -sha1 -mac HMAC -macopt 'key:first secret' -binary | base64
    [Theory]
    [InlineData("first secret", "DlfHi+Uhpmci7BTS/Z8XD7+8VvY=")]
    [InlineData("second secret", "2tO4P6F4175iKvHHDejOpfCGeM8=")]
    [InlineData("sécret", "a7QjNJ+pNDO0qqs9nwzjpwGouz8=")]
    public void The_password_is_the_hmac_of_the_username_in_base64(string secret, string password)
    {
        Assert.Equal(new Credentials("1700000000:abc", password), Credentials.Mint(secret, "abc", 1_700_000_000));
        Assert.Equal(password, PasswordOf(secret, "1700000000:abc"));
    }

    [Fact]
    public void Minted_credentials_are_read_back() =>
        Gen.Select(
            Gen.String[Gen.Char['!', '~'].Where(c => c != ':'), 1, 200],
            Gen.Long[0, 999_999_999_999_999_999]).Sample((subject, expiry) =>
        {
            var credentials = Credentials.Mint("secret", subject, expiry);

            Assert.True(
                Credentials.TryReadUsername(Encoding.ASCII.GetBytes(credentials.Username), out var readExpiry, out var readSubject));
            Assert.Equal((expiry, subject), (readExpiry, Encoding.ASCII.GetString(readSubject)));
            Assert.Equal(credentials.Password, PasswordOf("secret", credentials.Username));
            Assert.True(credentials.Username.Length <= Credentials.MaxMintedBytes);
        });

    [Fact]
    public void During_a_rotation_each_credential_fits_exactly_one_of_two_secrets()
    {
        string[] secrets = ["the new one", "the old one"];
        foreach (var secret in secrets)
        {
            var credentials = Credentials.Mint(secret, "abc", 1_700_000_000);
            Assert.Equal([secret], secrets.Where(s => PasswordOf(s, credentials.Username) == credentials.Password));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":abc")]
    [InlineData("-1:abc")]
    [InlineData("-0:abc")]
    [InlineData("+1:abc")]
    [InlineData(" 1:abc")]
    [InlineData("1 :abc")]
    [InlineData("0x10:abc")]
    [InlineData("1e9:abc")]
    [InlineData("1.0:abc")]
    [InlineData("1234567890123456789:abc")]
    [InlineData("99999999999999999999:abc")]
    [InlineData("1234567890123456789")]
    [InlineData("1:a\0")]
    [InlineData("1:a\nb")]
    [InlineData("1:a\u007F")]
    [InlineData("1:é\u0085")]
    [InlineData("1:\u009F")]
    [InlineData("abc:1700000000")]
    [InlineData("abc")]
    [InlineData("1700000000:<causeway:bps=1:abc")]
    public void A_username_of_another_form_is_not_read(string username) =>
        Assert.False(Credentials.TryReadUsername(Encoding.UTF8.GetBytes(username), out _, out _));

    [Theory]
    [InlineData("313A80")] // a byte that only goes on
    [InlineData("313AC3")] // the end is missing
    [InlineData("313AC0AF")] // longer than needed
    [InlineData("313AEDA080")] // half of a surrogate pair
    [InlineData("313AFF")]
    public void Invalid_UTF8_is_refused(string username) =>
        Assert.False(Credentials.TryReadUsername(Convert.FromHexString(username), out _, out _));

    // As servers of XMPP (Prosody, ejabberd) and Matrix (Synapse) mint them, and other names that RFC 8489 §14.3 allows.
    [Theory]
    [InlineData("1790000000", "1790000000")]
    [InlineData("1790000000:", "1790000000:")]
    [InlineData("1790000000:@a:example.org", "@a:example.org")]
    [InlineData("1790000000:romeo@montague.example/orchard", "romeo@montague.example/orchard")]
    [InlineData("1790000000:abc:policy", "abc:policy")]
    [InlineData("1790000000::", ":")]
    [InlineData("1790000000: Ada Lovelace ", " Ada Lovelace ")]
    [InlineData("1790000000:Zoë Ångström 学 👩‍🚀", "Zoë Ångström 学 👩‍🚀")]
    [InlineData("1790000000:\u00A0", "\u00A0")]
    [InlineData("1790000000:<causeway", "<causeway")]
    public void Names_of_other_programs_are_read(string username, string expected)
    {
        Assert.True(Credentials.TryReadUsername(Encoding.UTF8.GetBytes(username), out var expiry, out var subject));
        Assert.Equal((1_790_000_000, expected), (expiry, Encoding.UTF8.GetString(subject)));
    }

    [Theory]
    [InlineData("0:abc", 0)]
    [InlineData("0001700000000:abc", 1_700_000_000)]
    [InlineData("999999999999999999:abc", 999_999_999_999_999_999)]
    public void An_expiry_has_up_to_18_digits(string username, long expected)
    {
        Assert.True(Credentials.TryReadUsername(Encoding.ASCII.GetBytes(username), out var expiry, out _));
        Assert.Equal(expected, expiry);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(508, true)]
    [InlineData(509, false)]
    [InlineData(5000, false)]
    public void A_username_has_fewer_than_509_bytes(int length, bool read)
    {
        var username = Encoding.ASCII.GetBytes("1700000000:".PadRight(length, 'a'));
        Assert.Equal(read, Credentials.TryReadUsername(username, out _, out _));
    }

    [Fact]
    public void Any_bytes_as_a_username_are_read_or_refused() => Gen.Select(
        Gen.OneOf(Gen.Const(""), Gen.Const("1:")),
        Gen.Byte.Array[0, 600]).Sample((start, bytes) =>
    {
        byte[] username = [.. Encoding.ASCII.GetBytes(start), .. bytes];
        if (Credentials.TryReadUsername(username, out var expiry, out var subject))
            Assert.True(expiry >= 0 && subject.Length >= 1 && username.Length <= 508);
    });

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("é")]
    public void A_subject_of_another_form_is_not_minted(string subject) =>
        Assert.Throws<ArgumentException>(() => Credentials.Mint("secret", subject, 1));

    [Fact]
    public void An_expiry_out_of_bounds_or_an_empty_secret_is_not_minted()
    {
        Assert.Throws<ArgumentException>(() => Credentials.Mint("secret", new string('a', 201), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Credentials.Mint("secret", "abc", -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Credentials.Mint("secret", "abc", 1_000_000_000_000_000_000));
        Assert.Throws<ArgumentException>(() => Credentials.Mint("", "abc", 1));
    }

    [Fact]
    public void Writing_a_password_allocates_nothing()
    {
        Credentials.TryReadUsername("1700000000:abc"u8, out _, out _);
        Span<byte> password = stackalloc byte[Credentials.PasswordBytes];
        Credentials.WritePassword("a secret of usual length"u8, "1700000000:abc"u8, password);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Credentials.TryReadUsername("1700000000:abc"u8, out _, out _);
        Credentials.WritePassword("a secret of usual length"u8, "1700000000:abc"u8, password);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string PasswordOf(string secret, string username)
    {
        var password = new byte[Credentials.PasswordBytes];
        Credentials.WritePassword(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(username), password);
        return Encoding.ASCII.GetString(password);
    }
}
