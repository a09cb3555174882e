using Causeway.Blueprint.Settings;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Tests.Stacks;

public sealed class StackFileEditTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string Other = "  causeway:rootSecret:\n    secure: v1:abc/def==\n  aws:secretKey:\n    secure: v1:x\n";

    // The file before and after.
    public static TheoryData<string, string> Files => new()
    {
        {
            "config:\n  causeway:expires: \"2026-12-31\"\n" + Other,
            "config:\n  causeway:expires: \"2027-01-31\"\n" + Other
        },
        {
            "config:\n  causeway:expires: 2026-12-31 # for the fair\n" + Other,
            "config:\n  causeway:expires: \"2027-01-31\" # for the fair\n" + Other
        },
        {
            "# Grüße 🎪\nconfig:\n" + Other + "  causeway:expires: '2026-12-31'",
            "# Grüße 🎪\nconfig:\n" + Other + "  causeway:expires: \"2027-01-31\""
        },
        {
            "config:\r\n  causeway:zone: a\r\n  causeway:expires: 2026-12-31\r\n",
            "config:\r\n  causeway:zone: a\r\n  causeway:expires: \"2027-01-31\"\r\n"
        },
        {
            "encryptionsalt: v1:s\nconfig: {causeway:zone: a, causeway:expires: 2026-12-31}\n",
            "encryptionsalt: v1:s\nconfig: {causeway:zone: a, causeway:expires: \"2027-01-31\"}\n"
        },
        {
            "config:\n  causeway:expires:\n  causeway:zone: a\n",
            "config:\n  causeway:expires: \"2027-01-31\"\n  causeway:zone: a\n"
        },
        {
            "config:\n    # first\n    causeway:zone: a\n",
            "config:\n    # first\n    causeway:expires: \"2027-01-31\"\n    causeway:zone: a\n"
        },
        {
            "config:\r\n  causeway:zone: a\r\n",
            "config:\r\n  causeway:expires: \"2027-01-31\"\r\n  causeway:zone: a\r\n"
        },
    };

    [Theory, MemberData(nameof(Files))]
    public void A_value_is_replaced_or_added_and_no_other_byte_changes(string before, string after)
    {
        var path = Write(before);
        StackFileEdit.Set(new(_folder.Path), "dev", SettingKey.Expires, "2027-01-31");
        Assert.Equal(after, File.ReadAllText(path));
        Assert.Equal("2027-01-31", StackFile.Read(new(_folder.Path), "dev").Values["expires"]);
    }

    [Theory]
    [InlineData("config:\n  causeway:expires: &day 2026-12-31\n  causeway:rotation: *day\n")]
    [InlineData("config:\n  causeway:expires:\n    secure: v1:abc\n")]
    [InlineData("config: {}\n")]
    [InlineData("encryptionsalt: v1:s\n")]
    public void A_file_that_cannot_be_edited_by_position_is_left_to_Pulumi(string text)
    {
        var path = Write(text);
        var refused = Assert.Throws<OpsException>(() => StackFileEdit.Set(new(_folder.Path), "dev", SettingKey.Expires, "2027-01-31"));
        Assert.EndsWith("run: pulumi config set causeway:expires 2027-01-31 --stack dev", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void The_files_mode_and_a_link_to_it_are_kept_and_no_other_file_remains()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are of Unix");
        File.WriteAllText(_folder.At("real.yaml"), "config:\n  causeway:expires: 2026-12-31\n");
        File.SetUnixFileMode(_folder.At("real.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder.At("Pulumi.dev.yaml"), "real.yaml");
        StackFileEdit.Set(new(_folder.Path), "dev", SettingKey.Expires, "2027-01-31");
        Assert.Equal("config:\n  causeway:expires: \"2027-01-31\"\n", File.ReadAllText(_folder.At("real.yaml")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At("real.yaml")));
        Assert.Equal(["Pulumi.dev.yaml", "real.yaml"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    private string Write(string text)
    {
        var path = _folder.At("Pulumi.dev.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
