using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Tests;
using Causeway.Infra.Resources;

namespace Causeway.Infra.Tests;

public class StackConfigTests
{
    private static string Engine(Dictionary<string, string> texts) =>
        JsonSerializer.Serialize(texts.ToDictionary(text => $"causeway:{text.Key}", text => text.Value).Append(new("aws:region", "eu-west-1")).ToDictionary());

    [Fact]
    public void Settings_are_read_as_the_engine_hands_them_over() =>
        Assert.Equal("call.example.org", StackConfig.Read("dev", Engine(Plans.Texts()), """["causeway:rootSecret"]""").Domain);

    [Fact]
    public void A_misspelt_key_is_found() => Assert.Equal(
        ["domian: x is set for no setting; did you mean domain?"],
        Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts(("domian", "x"))), """["causeway:rootSecret"]""")).Mistakes.Select(mistake => mistake.ToString()));

    [Fact]
    public void A_value_that_the_engine_decrypted_is_not_shown() => Assert.Equal(
        ["domian: is no setting; did you mean domain?"],
        Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts(("domian", "x"))), """["causeway:rootSecret","causeway:domian"]""")).Mistakes.Select(mistake => mistake.ToString()));

    [Fact]
    public void A_root_secret_in_clear_is_refused_together_with_all_else()
    {
        var mistakes = Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts(("zone", "z"))), null)).Mistakes;
        Assert.Equal(["rootSecret", "zone"], mistakes.Select(mistake => mistake.Key));
        Assert.DoesNotContain(mistakes, mistake => mistake.ToString().Contains(Plans.Root, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_that_are_right_but_in_clear_are_refused_too() =>
        Assert.Equal("rootSecret", Assert.Single(Assert.Throws<SettingsException>(() => StackConfig.Read("dev", Engine(Plans.Texts()), "[]")).Mistakes).Key);
}
