using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Settings;

public class ProjectFileTests
{
    [Fact]
    public void Pulumi_yaml_lists_the_settings() => Generated.IsFresh("Pulumi.yaml", ProjectFile.Render());

    [Fact]
    public void The_table_of_settings_has_a_row_for_each()
    {
        var rows = ProjectFile.Table().TrimEnd('\n').Split('\n').Skip(2).ToList();

        Assert.Equal(SettingKey.All.Count, rows.Count);
        Assert.All(SettingKey.All, key => Assert.Contains(rows, row => row.StartsWith($"| `{key.Name}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_empty_text_counts_as_not_set()
    {
        // The schema's default of optional keys.
        var texts = new Dictionary<string, string>(Plans.Texts()) { ["image"] = "" };
        Assert.Equal("debian-13-amd64-20260914-2601", StackSettingsReader.Read("dev", texts).Image);
    }

    [Fact]
    public void The_dev_stacks_file_lacks_only_the_secret()
    {
        var texts = File.ReadLines(Checkout.At("Pulumi.dev.yaml"))
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("causeway:", StringComparison.Ordinal))
            .Select(line => line["causeway:".Length..].Split(':', 2))
            .ToDictionary(setting => setting[0], setting => setting[1].Trim().Trim('"'));

        Assert.Equal("us-east-1", StackSettingsReader.Read("dev", texts, withoutSecret: true).Region);
        Assert.DoesNotContain(SettingKey.RootSecret.Name, texts.Keys);
    }
}
