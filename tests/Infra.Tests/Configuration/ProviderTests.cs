using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources.Configuration;

namespace Causeway.Infra.Tests.Configuration;

/// <summary>
/// The settings under <c>aws:</c> reach the stack's provider. Pulumi gives them only to the default provider, which has no resources.
/// </summary>
public class ProviderTests
{
    // A value of each form; the engine gets JSON with the same values.
    private static readonly Dictionary<SettingForm, string> Samples = new()
    {
        [ProviderKey.Text] = "words",
        [ProviderKey.Flag] = "true",
        [ProviderKey.Number] = "7",
        [ProviderKey.List] = """["one","two"]""",
        [ProviderKey.Roles] = """
            [{
              "roleArn": "arn:aws:iam::1:role/deploy", "sessionName": "me", "externalId": "x", "duration": "1h", "policy": "{}",
              "policyArns": ["p"], "sourceIdentity": "s", "tags": {"a": "b"}, "transitiveTagKeys": ["a"]
            }]
            """,
        [ProviderKey.WebIdentity] = """
            {
              "roleArn": "arn:aws:iam::1:role/deploy", "sessionName": "me", "duration": "1h", "policy": "{}", "policyArns": ["p"],
              "webIdentityToken": "t", "webIdentityTokenFile": "/run/token"
            }
            """,
        [ProviderKey.DefaultTags] = """{"tags":{"team":"calls"}}""",
        [ProviderKey.IgnoreTags] = """{"keys":["k"],"keyPrefixes":["company:"]}""",
    };

    private static async Task<RegisteredResource> ProviderOf(Dictionary<string, string> texts)
    {
        var settings = ProviderSettingsReader.Read(texts, texts.Keys.ToHashSet(), "eu-central-1", out var mistakes);
        Assert.Empty(mistakes);
        var registered = new Registered { Plan = Plans.Of() with { DefaultTags = settings.DefaultTags }, Provider = settings };
        await registered.RegisterAsync();
        return registered.One(Types.Provider);
    }

    [Fact]
    public async Task Every_setting_of_the_provider_is_passed_on_unchanged()
    {
        var provider = await ProviderOf(ProviderKey.All.ToDictionary(key => key.Name, key => Samples[key.Form]));
        Assert.All(ProviderKey.All.Where(key => key.Name != AwsProvider.DefaultTags), key =>
            Assert.Equal(Sorted(Samples[key.Form]), Json(provider[key.Name])));
        Assert.Equal("eu-central-1", provider["region"]);
    }

    [Fact]
    public async Task Only_what_is_set_is_passed_on()
    {
        var (without, with) = (await ProviderOf([]), await ProviderOf(new() { ["profile"] = "calls" }));
        Assert.Equal(["profile"], with.Inputs.Keys.Except(without.Inputs.Keys));
    }

    [Fact]
    public void Every_known_setting_can_be_passed_on_and_no_other() => Assert.Equal(
        ProviderKey.All.Select(key => key.Name).Order(StringComparer.Ordinal),
        AwsProvider.Inputs.Keys.Append(AwsProvider.DefaultTags).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Default_tags_of_the_settings_are_added_to_the_stacks_and_do_not_replace_them()
    {
        var provider = await ProviderOf(new() { [AwsProvider.DefaultTags] = """{"tags":{"team":"calls","causeway:stage":"wrong"}}""" });
        Assert.Equal(
            Sorted("""
                {
                  "tags": {
                    "causeway:expires": "2026-12-31", "causeway:project": "causeway", "causeway:stack": "dev", "causeway:stage": "demo",
                    "team": "calls"
                  }
                }
                """),
            Json(provider[AwsProvider.DefaultTags]));
    }

    [Fact]
    public async Task The_one_provider_also_has_the_resources_in_other_regions()
    {
        var registered = new Registered { Plan = Plans.Of() };
        await registered.RegisterAsync();
        registered.One(Types.Provider);
        var elsewhere = registered.Resources.Where(resource => resource["region"] is "us-east-1").ToList();
        Assert.NotEmpty(elsewhere);
        Assert.All(elsewhere, resource => Assert.Contains("pulumi:providers:aws::aws::", resource.Provider!, StringComparison.Ordinal));
    }

    // The provider gets texts and JSON, which the mocks may parse.
    private static string Json(object? value) => value switch
    {
        string text => Sorted(text),
        bool flag => flag ? "true" : "false",
        null => "(nothing)",
        _ => Sorted(JsonSerializer.Serialize(value)),
    };

    private static string Sorted(string text)
    {
        try
        {
            return Node(JsonNode.Parse(text))?.ToJsonString() ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static JsonNode? Node(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(
            map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Node)]),
        _ => node?.DeepClone(),
    };
}
