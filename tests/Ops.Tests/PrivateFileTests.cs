namespace Causeway.Ops.Tests;

public class PrivateFileTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void A_new_file_is_readable_only_by_its_owner()
    {
        using var folder = new TemporaryFolder();
        PrivateFile.Write(folder.At("below/settings.json"), "secret");
        Assert.Equal(Private, File.GetUnixFileMode(folder.At("below/settings.json")));
    }

    [Fact]
    public void An_existing_file_becomes_readable_only_by_its_owner()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("settings.json"), "old");
        File.SetUnixFileMode(folder.At("settings.json"), Private | UnixFileMode.OtherRead);

        PrivateFile.Write(folder.At("settings.json"), "secret");

        Assert.Equal("secret", File.ReadAllText(folder.At("settings.json")));
        Assert.Equal(Private, File.GetUnixFileMode(folder.At("settings.json")));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_created_is_one_line_with_the_fix()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("file"), "");
        var trouble = Assert.Throws<OpsException>(() => PrivateFile.Write(folder.At("file/settings.json"), "secret"));
        Assert.StartsWith($"can't write {folder.At("file/settings.json")} (", trouble.Message, StringComparison.Ordinal);
        Assert.EndsWith("own its folder, or pass another with --out", trouble.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', trouble.Message);
    }
}
