using System.Text;
using System.Text.RegularExpressions;
using Causeway.Relay.Hosting;
using Causeway.Relay.Settings;
using Causeway.Turn.Options;
using Microsoft.Extensions.Configuration;

namespace Causeway.Relay.Tests.Settings;

/// <summary>The page with the relay's settings.</summary>
public sealed partial class RelayPageTests
{
    [Fact]
    public void It_lists_every_setting_with_its_default()
    {
        var table = new StringBuilder("| setting | meaning | default | reload |\n|---|---|---|---|\n");
        foreach (var (name, meaning, value) in OptionReference.All)
        {
            var shown = value.Length == 0 ? "" : $"`{value}`";
            var reload = IsReloadable(name) ? "yes" : "";
            table.Append($"| `{name}` | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} | {shown} | {reload} |\n");
        }

        Generated.IsFresh("docs/relay.md", "settings", table.ToString());
    }

    [Fact]
    public void Every_setting_that_can_be_reloaded_exists() =>
        Assert.All(RelayHost.Reloadable, key => Assert.Contains(OptionReference.All, setting => IsOrIsBelow(setting.Name, key)));

    [Fact]
    public void The_example_is_valid()
    {
        var options = SettingsExample.Check("docs/relay.md");
        Assert.Equal(("relay.example.org", 3, "198.51.100.10"), (options.Realm, options.Listeners.Count, options.Addresses[0].Public));
    }

    [Fact]
    public void The_effective_settings_are_a_settings_file_that_reads_as_the_same()
    {
        var options = TestRelay.Options(lifetimes: new() { Nonce = TimeSpan.FromMinutes(30) });
        var json = EffectiveSettings.Json(options);
        Assert.DoesNotContain(TestRelay.Secret, json, StringComparison.Ordinal);

        var configuration = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json.Replace("***", TestRelay.Secret, StringComparison.Ordinal))))
            .Build();
        var mistakes = new List<string>();
        var read = SettingsReader.Read<RelayOptions>(configuration, RelayOptions.Section, mistakes);
        Assert.Empty(mistakes);
        Assert.Empty(SettingsComparison.Changed(options, read, RelayOptions.Section));
        Assert.Equal(TimeSpan.FromMinutes(30), read.Lifetimes.Nonce);
    }

    [Fact]
    public void Every_setting_that_holds_a_secret_is_marked()
    {
        // A new secret must not be forgotten. Names of files aren't secrets.
        var sections = typeof(RelayOptions).Assembly.GetTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal));
        var secret = sections.SelectMany(type => type.GetProperties())
            .Where(property => SecretName().IsMatch(property.Name) && !property.Name.EndsWith("File", StringComparison.Ordinal))
            .ToList();
        Assert.Contains(secret, property => property.Name == nameof(RelayOptions.Secrets));
        Assert.All(secret, property => Assert.True(property.IsDefined(typeof(SecretAttribute), false), $"{property.Name} is not marked"));
    }

    private static bool IsReloadable(string name) => RelayHost.Reloadable.Any(key => IsOrIsBelow(name, key));

    private static bool IsOrIsBelow(string name, string key) =>
        name == key || name.StartsWith(key + ".", StringComparison.Ordinal) || name.StartsWith(key + "[", StringComparison.Ordinal);

    [GeneratedRegex("Secret|Password|Key(?!s?File)|Token")]
    private static partial Regex SecretName();
}
