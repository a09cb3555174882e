using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources.Configuration;

namespace Causeway.Infra.Tests.Configuration;

/// <summary>
/// What is set under <c>aws:</c> reaches the provider that makes the stack; Pulumi gives it to a default provider that makes nothing here.
/// </summary>
public class ProviderTests
{
    // Each as in the stack's file, and as the engine gets it.
    private static readonly Dictionary<SettingForm, (string Text, string Told)> Samples = new()
    {
        [ProviderKey.Text] = ("words", "words"),
        [ProviderKey.Flag] = ("true", "true"),
        [ProviderKey.Number] = ("7", "7"),
        [ProviderKey.List] = ("""["one","two"]""", """["one","two"]"""),
        [ProviderKey.Roles] = (
            """[{"roleArn":"arn:aws:iam::1:role/deploy","sessionName":"me","externalId":"x","duration":"1h","policy":"{}","policyArns":"""
            + """["p"],"sourceIdentity":"s","tags":{"a":"b"},"transitiveTagKeys":["a"]}]""",
            """[{"duration":"1h","externalId":"x","policy":"{}","policyArns":"""
            + """["p"],"roleArn":"arn:aws:iam::1:role/deploy","sessionName":"me","sourceIdentity":"s","tags":"""
            + """{"a":"b"},"transitiveTagKeys":["a"]}]"""),
        [ProviderKey.WebIdentity] = (
            """{"roleArn":"arn:aws:iam::1:role/deploy","sessionName":"me","duration":"1h","policy":"{}","policyArns":"""
            + """["p"],"webIdentityToken":"t","webIdentityTokenFile":"/run/token"}""",
            """{"duration":"1h","policy":"{}","policyArns":"""
            + """["p"],"roleArn":"arn:aws:iam::1:role/deploy","sessionName":"me","webIdentityToken":"t","webIdentityTokenFile":"/run/token"}"""),
        [ProviderKey.DefaultTags] = ("""{"tags":{"team":"calls"}}""", """{"tags":{"team":"calls"}}"""),
        [ProviderKey.IgnoreTags] = ("""{"keys":["k"],"keyPrefixes":["company:"]}""", """{"keyPrefixes":["company:"],"keys":["k"]}"""),
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
    public async Task Every_setting_of_the_provider_that_is_set_is_passed_on_as_it_stands()
    {
        var provider = await ProviderOf(ProviderKey.All.ToDictionary(key => key.Name, key => Samples[key.Form].Text));
        Assert.All(ProviderKey.All.Where(key => key.Name != AwsProvider.DefaultTags), key =>
            Assert.Equal(Samples[key.Form].Told, Told(provider[key.Name])));
        Assert.Equal("eu-central-1", provider["region"]);
    }

    [Fact]
    public async Task Nothing_is_passed_on_that_is_not_set()
    {
        var (without, with) = (await ProviderOf([]), await ProviderOf(new() { ["profile"] = "calls" }));
        Assert.Equal(["profile"], with.Inputs.Keys.Except(without.Inputs.Keys));
    }

    [Fact]
    public void What_is_known_in_the_settings_is_what_can_be_passed_on() =>
        Assert.Equal(
            ProviderKey.All.Select(key => key.Name).Order(StringComparer.Ordinal),
            AwsProvider.Inputs.Keys.Append(AwsProvider.DefaultTags).Order(StringComparer.Ordinal));

    /// <summary>Default tags of the settings are added to the stack's; the stack's own win.</summary>
    [Fact]
    public async Task Default_tags_are_the_stacks_and_those_of_the_settings()
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
            Told(provider[AwsProvider.DefaultTags]));
    }

    /// <summary>
    /// A resource in us-east-1 names that region itself, so there is no second provider that would need the settings too.
    /// </summary>
    [Fact]
    public async Task There_is_one_provider_and_it_makes_what_is_in_other_regions_too()
    {
        var registered = new Registered { Plan = Plans.Of() };
        await registered.RegisterAsync();
        registered.One(Types.Provider);
        var elsewhere = registered.Resources.Where(resource => resource["region"] is "us-east-1").ToList();
        Assert.NotEmpty(elsewhere);
        Assert.All(elsewhere, resource => Assert.Contains("pulumi:providers:aws::aws::", resource.Provider!, StringComparison.Ordinal));
    }

    // A provider gets texts; what is not a text is JSON. Mocks may show it parsed, and mark secrets.
    private static string Told(object? value) => value switch
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
        JsonObject map =>
            new JsonObject(
                map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Node)]),
        _ => node?.DeepClone(),
    };
}
