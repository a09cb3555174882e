using System.Text.Json;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources.Configuration;

namespace Causeway.Infra.Tests.Configuration;

public class StackConfigTests
{
    private const string SecretKeys = """["causeway:rootSecret"]""";

    // The engine's object of all settings.
    private static string Config(Dictionary<string, string> texts, params IEnumerable<(string Key, string Value)> others)
    {
        var own = texts.Select(text => ($"causeway:{text.Key}", text.Value));
        return JsonSerializer.Serialize(own.Concat(others).ToDictionary(setting => setting.Item1, setting => setting.Item2));
    }

    private static IReadOnlyList<Mistake> Mistakes(string config, string? secretKeys = SecretKeys) =>
        Assert.Throws<SettingsException>(() => StackConfig.Read("dev", config, secretKeys)).Mistakes;

    [Fact]
    public void Settings_are_read_from_the_engines_variables()
    {
        var config = Config(Plans.Texts(), ("aws:region", "eu-central-1"));
        Assert.Equal("call.example.org", StackConfig.Read("dev", config, SecretKeys).Settings.Domain);
    }

    /// <summary>Without its value, which may be an encrypted one.</summary>
    [Theory]
    [InlineData(SecretKeys)]
    [InlineData("""["causeway:rootSecret","causeway:domian"]""")]
    public void A_misspelt_key_is_found(string secretKeys) => Assert.Equal(
        "domian: is not a setting; did you mean domain?",
        Assert.Single(Mistakes(Config(Plans.Texts(("domian", "x"))), secretKeys)).ToString());

    [Fact]
    public void A_root_secret_in_clear_is_reported_with_all_other_mistakes()
    {
        var mistakes = Mistakes(Config(Plans.Texts(("zone", "z"))), secretKeys: null);
        Assert.Equal(["zone", "rootSecret"], mistakes.Select(mistake => mistake.Key));
        Assert.DoesNotContain(mistakes, mistake => mistake.ToString().Contains(Plans.Root, StringComparison.Ordinal));
    }

    [Fact]
    public void A_root_secret_in_clear_is_a_mistake_by_itself() =>
        Assert.Equal("rootSecret", Assert.Single(Mistakes(Config(Plans.Texts()), "[]")).Key);

    [Fact]
    public void The_providers_settings_are_read_too()
    {
        var config = Config(Plans.Texts(), ("aws:profile", "calls"), ("aws:allowedAccountIds", """["123456789012"]"""));
        var provider = StackConfig.Read("dev", config, SecretKeys).Provider;
        Assert.Equal("calls", provider.Profile);
        Assert.Equal(["123456789012"], provider.AllowedAccountIds);
    }

    [Fact]
    public void A_setting_of_the_provider_without_an_effect_is_reported_with_all_other_mistakes()
    {
        var mistakes = Mistakes(Config(
            Plans.Texts(("zone", "z")),
            ("aws:alowedAccountIds", """["1"]"""),
            ("aws:region", "eu-west-1"),
            ("aws:maxRetries", "many")));
        Assert.Equal(["zone", "aws:alowedAccountIds", "aws:maxRetries", "aws:region"], mistakes.Select(mistake => mistake.Key));
        Assert.Equal(
            "aws:region: eu-west-1 differs from causeway:region, eu-central-1, which decides; remove it: pulumi config rm aws:region",
            mistakes[^1].ToString());
    }
}
