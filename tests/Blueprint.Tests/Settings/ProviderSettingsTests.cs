using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Settings;

/// <summary>A setting under <c>aws:</c> may guard against the wrong account, so none is ignored: it is passed on or refused.</summary>
public class ProviderSettingsTests
{
    private static ProviderSettings Read(string key, string text) => Read(key, text, out _);

    private static ProviderSettings Read(string key, string text, out IReadOnlyList<Mistake> mistakes, params string[] encrypted) =>
        ProviderSettingsReader.Read(new Dictionary<string, string> { [key] = text }, encrypted.ToHashSet(), "eu-central-1", out mistakes);

    [Fact]
    public void Credentials_accounts_and_tags_are_read()
    {
        Assert.Equal("calls", Read("profile", "calls").Profile);
        Assert.Equal(["123456789012"], Read("allowedAccountIds", """["123456789012"]""").AllowedAccountIds);
        Assert.Equal(["210987654321"], Read("forbiddenAccountIds", """["210987654321"]""").ForbiddenAccountIds);
        const string roles = """[{"roleArn":"arn:aws:iam::123456789012:role/deploy","externalId":"x","tags":{"a":"b"}}]""";
        var role = Assert.Single(Read("assumeRoles", roles).AssumeRoles);
        Assert.Equal(("arn:aws:iam::123456789012:role/deploy", "x", "b"), (role.RoleArn, role.ExternalId, role.Tags["a"]));
        Assert.Equal("calls", Read("defaultTags", """{"tags":{"team":"calls"}}""").DefaultTags["team"]);
    }

    [Theory]
    [InlineData("allowedAccountIds", "123456789012")]
    [InlineData("allowedAccountIds", "[]")]
    [InlineData("allowedAccountIds", "[null]")]
    [InlineData("assumeRoles", """[{"rolearn":1}]""")]
    [InlineData("assumeRoles", """[{"sessionName":"x"}]""")]
    [InlineData("assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/deploy","sesionName":"x"}]""")]
    [InlineData("defaultTags", """{"team":"calls"}""")]
    [InlineData("useFipsEndpoint", "yes")]
    [InlineData("maxRetries", "-1")]
    [InlineData("profile", "")]
    public void A_value_that_the_provider_would_not_understand_is_a_mistake_of_its_setting(string key, string text)
    {
        Read(key, text, out var mistakes);
        var mistake = Assert.Single(mistakes);
        Assert.Equal($"aws:{key}", mistake.Key);
        Assert.Contains("cannot be read; write ", mistake.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profil", "calls", "is not a setting of the AWS provider that this program passes on")]
    [InlineData("endpoints", """[{"ec2":"http://127.0.0.1:4566"}]""", "set AWS_ENDPOINT_URL")]
    [InlineData("region", "eu-west-1", "differs from causeway:region, eu-central-1")]
    [InlineData("secretKey", "abcdef", "is stored in clear")]
    public void A_setting_that_is_not_passed_on_is_refused(string key, string text, string why)
    {
        Read(key, text, out var mistakes);
        Assert.Contains(why, Assert.Single(mistakes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_stacks_own_region_is_accepted()
    {
        Read("region", "eu-central-1", out var mistakes);
        Assert.Empty(mistakes);
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        var settings = Read("secretKey", "abcdef", out var mistakes, "secretKey");
        Assert.Empty(mistakes);
        Assert.Equal("abcdef", settings.Get<string>("secretKey"));
        Assert.DoesNotContain("abcdef", settings.ToString(), StringComparison.Ordinal);
        Read("maxRetries", "abcdef", out mistakes, "maxRetries");
        Assert.DoesNotContain("abcdef", Assert.Single(mistakes).ToString(), StringComparison.Ordinal);
        Read("secretKey", "abcdef", out mistakes);
        Assert.DoesNotContain("abcdef", Assert.Single(mistakes).ToString(), StringComparison.Ordinal);
    }
}
