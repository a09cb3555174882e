using Causeway.Blueprint.Secrets;

namespace Causeway.Blueprint.Tests.Secrets;

public class SecretDerivationTests
{
    private static readonly byte[] Root = new byte[32];

    [Fact]
    public void A_secret_depends_on_root_label_and_stamp_and_nothing_else()
    {
        var secret = SecretDerivation.Derive(Root, "turn", "2026-11-22");

        Assert.Equal(secret, SecretDerivation.Derive(Root, "turn", "2026-11-22"));
        Assert.NotEqual(secret, SecretDerivation.Derive([.. Root[1..], 1], "turn", "2026-11-22"));
        Assert.NotEqual(secret, SecretDerivation.Derive(Root, "heartbeat", "2026-11-22"));
        Assert.NotEqual(secret, SecretDerivation.Derive(Root, "turn", "2026-11-23"));
    }

    [Fact]
    public void Label_and_stamp_do_not_run_into_each_other() =>
        Assert.NotEqual(SecretDerivation.Derive(Root, "a", "b c"), SecretDerivation.Derive(Root, "a b", "c"));

    [Fact]
    public void A_secret_is_43_characters_that_need_no_escaping() =>
        Assert.Matches("^[A-Za-z0-9_-]{43}$", SecretDerivation.Derive(Root, "turn", "2026-11-22"));

    [Fact]
    public void A_short_root_secret_is_refused() =>
        Assert.Throws<ArgumentException>(() => SecretDerivation.Derive(new byte[31], "turn", "2026-11-22"));
}
