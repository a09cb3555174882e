using System.Text.Json;
using Causeway.Tests.Support.Aws.Boot;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>The fakes refuse what AWS would, with AWS's words.</summary>
public sealed class AwsDemandsTests
{
    private const string Put = "secretsmanager.PutSecretValue";
    private const string Json = "application/x-amz-json-1.1";
    private static readonly string Token = Guid.Empty.ToString();

    [Fact]
    public void A_write_with_a_request_token_is_taken() =>
        Assert.Null(AwsDemands.SecretsManager(Put, Json, Of(new { SecretId = "a", SecretString = "b", ClientRequestToken = Token })));

    [Fact]
    public void A_read_needs_none() => Assert.Null(AwsDemands.SecretsManager("secretsmanager.GetSecretValue", Json, Of(new { SecretId = "a" })));

    [Fact]
    public void A_write_without_a_request_token_is_refused() => Assert.Equal(
        ("InvalidRequestException", "You must provide a ClientRequestToken value. We recommend a UUID-type value."), AwsDemands.SecretsManager(Put, Json, Of(new { SecretId = "a", SecretString = "b" })));

    [Theory, InlineData(31), InlineData(65)]
    public void A_request_token_of_another_length_is_refused(int length) => Assert.Equal(
        "InvalidParameterException", AwsDemands.SecretsManager(Put, Json, Of(new { SecretId = "a", SecretString = "b", ClientRequestToken = new string('a', length) }))?.Type);

    [Theory, InlineData(Put, "application/json"), InlineData(Put, null), InlineData("PutSecretValue", Json), InlineData(null, Json)]
    public void Another_target_or_content_type_is_refused(string? target, string? contentType) => Assert.Equal(
        "UnknownOperationException", AwsDemands.SecretsManager(target, contentType, Of(new { SecretId = "a", SecretString = "b", ClientRequestToken = Token }))?.Type);

    [Fact]
    public void An_object_is_asked_for_with_the_hash_of_the_body() => Assert.Equal(("InvalidRequest", "Missing required header for this request: x-amz-content-sha256"), AwsDemands.S3(""));

    [Theory, InlineData("1", true), InlineData("21600", true), InlineData("0", false), InlineData("21601", false), InlineData("", false), InlineData(null, false)]
    public void A_metadata_token_is_given_for_up_to_six_hours(string? seconds, bool given) => Assert.Equal(given, AwsDemands.Metadata(seconds));

    private static JsonElement Of(object asked) => JsonSerializer.SerializeToElement(asked);
}
