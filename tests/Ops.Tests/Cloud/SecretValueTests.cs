using System.Text.Json;

namespace Causeway.Ops.Tests.Cloud;

/// <summary>
/// Secrets Manager and S3 demand of a request what AWS's own programs do unasked, and refuse one without it, in AWS's words.
/// </summary>
public sealed class SecretValueTests : IAsyncLifetime
{
    private const string Region = "eu-central-1";
    private const string Put = "secretsmanager.PutSecretValue";
    private static readonly string Token = Guid.Empty.ToString();

    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync(Region);
        _cloud.In(Region).Secrets.Add(new() { Id = "a", Region = Region });
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_write_with_a_request_token_is_taken_and_read()
    {
        Assert.Equal(
            (400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"),
            await ErrorAsync("secretsmanager.GetSecretValue", new { SecretId = "a" }));
        Assert.Equal(200, (await AskAsync(Put, new { SecretId = "a", SecretString = "b", ClientRequestToken = Token })).Status);
        var (status, body) = await AskAsync("secretsmanager.GetSecretValue", new { SecretId = "a" });
        Assert.Equal((200, "b"), (status, JsonDocument.Parse(body).RootElement.GetProperty("SecretString").GetString()));
    }

    [Fact]
    public async Task A_secret_is_made_once_with_its_tags()
    {
        var asked = new { Name = "c", SecretString = "d", ClientRequestToken = Token, Tags = new[] { new { Key = "k", Value = "v" } } };
        Assert.Equal(200, (await AskAsync("secretsmanager.CreateSecret", asked)).Status);
        Assert.Equal("v", _cloud.In(Region).Secrets.All.Single(secret => secret.Id == "c").Tags["k"]);
        Assert.Equal("ResourceExistsException", (await ErrorAsync("secretsmanager.CreateSecret", asked)).Code);
    }

    [Fact]
    public async Task A_write_without_a_request_token_is_refused() => Assert.Equal(
        (400, "InvalidRequestException", "You must provide a ClientRequestToken value. We recommend a UUID-type value."),
        await ErrorAsync(Put, new { SecretId = "a", SecretString = "b" }));

    [Theory, InlineData(31), InlineData(65)]
    public async Task A_request_token_of_another_length_is_refused(int length) => Assert.Equal("InvalidParameterException",
        (await ErrorAsync(Put, new { SecretId = "a", SecretString = "b", ClientRequestToken = new string('a', length) })).Code);

    [Theory, InlineData(0), InlineData(65537)]
    public async Task An_empty_text_and_one_that_is_too_long_are_refused(int length) => Assert.Equal("InvalidParameterException",
        (await ErrorAsync(Put, new { SecretId = "a", SecretString = new string('b', length), ClientRequestToken = Token })).Code);

    [Fact]
    public async Task A_name_that_is_too_long_is_refused() =>
        Assert.Equal(
            "ValidationException", (await ErrorAsync("secretsmanager.GetSecretValue", new { SecretId = new string('a', 2049) })).Code);

    [Theory, InlineData(Put, "application/json"), InlineData("PutSecretValue", AwsReply.Json11),
        InlineData("logs.PutSecretValue", AwsReply.Json11)]
    public async Task Another_target_or_content_type_is_refused(string target, string contentType) =>
        Assert.Equal("UnknownOperationException",
        (await ErrorAsync(target, new { SecretId = "a", SecretString = "b", ClientRequestToken = Token }, contentType)).Code);

    [Fact]
    public async Task An_object_is_asked_for_with_the_hash_of_the_body()
    {
        var request = SigV4.Sign(
            AwsCaller.Request($"b.s3.{Region}.amazonaws.com", "GET", "/key"), _cloud.Server.User, Region, "s3", DateTimeOffset.UtcNow);
        var bucket = _cloud.Buckets.Add(new() { Id = "b", Region = Region });
        bucket.Put("key", "content"u8.ToArray());
        Assert.Equal((200, "content"), await SendAsync(request));
        // Without the header the signature is another one too; it is S3 that asks for the header.
        Assert.Equal("InvalidRequest", Assert.Throws<AwsRefusedException>(() => _cloud.S3.Answer(
            new(request with { Headers = new Dictionary<string, string>() }, _cloud.S3, Region, "GetObject", ""))).Code);
    }

    private async Task<(int Status, string Code, string Message)> ErrorAsync(
        string target, object asked, string contentType = AwsReply.Json11)
    {
        var (status, body) = await AskAsync(target, asked, contentType);
        var json = JsonDocument.Parse(body).RootElement;
        return (status, json.GetProperty("__type").GetString()!, json.GetProperty("message").GetString()!);
    }

    private Task<(int Status, string Body)> AskAsync(string target, object asked, string contentType = AwsReply.Json11) =>
        SendAsync(SigV4.Sign(
        AwsCaller.Request($"secretsmanager.{Region}.amazonaws.com", "POST", "/", JsonSerializer.Serialize(asked),
            ("content-type", contentType), ("x-amz-target", target)),
        _cloud.Server.User, Region, "secretsmanager", DateTimeOffset.UtcNow));

    private async Task<(int Status, string Body)> SendAsync(AwsRequest request)
    {
        var (status, _, body) = await AwsCaller.SendAsync(_cloud.Server.Address, request, TestContext.Current.CancellationToken);
        return (status, body);
    }
}
