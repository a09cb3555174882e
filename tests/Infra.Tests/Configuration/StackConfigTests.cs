using System.Text.Json;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources.Configuration;

namespace Causeway.Infra.Tests.Configuration;

public class StackConfigTests
{
    private static string Engine(Dictionary<string, string> texts) =>
        JsonSerializer.Serialize(
            texts.ToDictionary(text => $"causeway:{text.Key}", text => text.Value)
                .Append(new("aws:region", "eu-central-1")).ToDictionary());

    [Fact]
    public void Settings_are_read_as_the_engine_hands_them_over() =>
        Assert.Equal("call.example.org", StackConfig.Read("dev", Engine(Plans.Texts()), """["causeway:rootSecret"]""").Settings.Domain);

    [Fact]
    public void A_misspelt_key_is_found() => Assert.Equal(
        ["domian: is not a setting; did you mean domain?"],
        Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts(("domian", "x"))), """["causeway:rootSecret"]"""))
            .Mistakes.Select(mistake => mistake.ToString()));

    [Fact]
    public void A_value_that_the_engine_decrypted_is_not_shown() => Assert.Equal(
        ["domian: is not a setting; did you mean domain?"],
        Assert.Throws<SettingsException>(() =>
            StackConfig.Read("dev", Engine(Plans.Texts(("domian", "x"))), """["causeway:rootSecret","causeway:domian"]"""))
            .Mistakes.Select(mistake => mistake.ToString()));

    [Fact]
    public void A_root_secret_in_clear_is_refused_together_with_all_else()
    {
        var mistakes = Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts(("zone", "z"))), null)).Mistakes;
        Assert.Equal(["zone", "rootSecret"], mistakes.Select(mistake => mistake.Key));
        Assert.DoesNotContain(mistakes, mistake => mistake.ToString().Contains(Plans.Root, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_that_are_right_but_in_clear_are_refused_too() =>
        Assert.Equal(
            "rootSecret",
            Assert.Single(Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts()), "[]")).Mistakes).Key);

    private static string Engine(params (string Key, string Value)[] provider) => JsonSerializer.Serialize(
        Plans.Texts().Select(text => ($"causeway:{text.Key}", text.Value))
            .Concat(provider).ToDictionary(text => text.Item1, text => text.Item2));

    [Fact]
    public void The_providers_settings_are_read_with_them()
    {
        var provider = StackConfig.Read(
            "dev",
            Engine(("aws:profile", "calls"), ("aws:allowedAccountIds", """["123456789012"]""")),
            """["causeway:rootSecret"]""").Provider;
        Assert.Equal("calls", provider.Profile);
        Assert.Equal(["123456789012"], provider.AllowedAccountIds);
    }

    [Fact]
    public void A_setting_of_the_provider_that_would_do_nothing_is_refused_together_with_all_else()
    {
        var wrong = Assert.Throws<SettingsException>(() => StackConfig.Read(
            "dev", Engine(
                ("aws:alowedAccountIds", """["1"]"""),
                ("aws:region", "eu-west-1"),
                ("aws:maxRetries", "many"),
                ("causeway:zone", "z")), """["causeway:rootSecret"]""")).Mistakes;
        Assert.Equal(["zone", "aws:alowedAccountIds", "aws:maxRetries", "aws:region"], wrong.Select(mistake => mistake.Key));
        Assert.Equal(
            "aws:region: eu-west-1 differs from causeway:region, eu-central-1, which decides; remove it: pulumi config rm aws:region",
            wrong[^1].ToString());
    }
}
