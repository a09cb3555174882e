using System.Text.Json;

namespace Causeway.Blueprint.Tests.Boot;

/// <summary>The account of these tests refuses what the hosts' role may not do. Otherwise a successful boot would prove nothing.</summary>
public sealed class HostAccountTests : IAsyncLifetime
{
    private const string Region = "eu-central-1";

    private readonly Plan _plan = Plans.Of();
    private HostAccount _aws = null!;

    public async ValueTask InitializeAsync() => _aws = await HostAccount.StartAsync(_plan);

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    [Fact]
    public async Task Only_the_role_may_read_objects_of_the_bucket()
    {
        var artifact = _plan.Buckets[0].Artifacts[0];
        _aws.Bucket.Put(artifact.Key, "content"u8.ToArray());
        _aws.Bucket.Put("other", "content"u8.ToArray());
        var request = AwsCaller.Request(_aws.Names[0], "GET", $"/{artifact.Key}");

        Assert.Equal((200, "content"), await SendAsync(request, "s3"));
        Assert.Empty(_aws.Denied);
        var (status, body) = await SendAsync(request, "s3", Role with { SecretAccessKey = "another" });
        Assert.Equal(403, status);
        Assert.DoesNotContain("content", body, StringComparison.Ordinal);
        Assert.Equal(["s3:GetObject: SignatureDoesNotMatch: the signature does not match"], _aws.Denied);
        Assert.Equal(403, (await SendAsync(AwsCaller.Request(_aws.Names[0], "GET", "/other"), "s3")).Status);
    }

    [Theory]
    [InlineData("_acme-challenge.call.example.org.", "TXT", true)]
    [InlineData("_ACME-challenge.call.example.org", "TXT", true)]
    [InlineData("_acme-challenge.call.example.org", "CNAME", false)]
    [InlineData("call.example.org", "TXT", false)]
    [InlineData("_acme-challenge.www.call.example.org", "TXT", false)]
    public Task Only_the_challenges_own_record_may_be_changed(string name, string type, bool allowed) =>
        ChangesAsync(HostAccount.ZoneId, allowed, (name, type));

    [Fact]
    public Task A_change_of_two_records_needs_both_to_be_allowed() =>
        ChangesAsync(HostAccount.ZoneId, allowed: false, ("_acme-challenge.call.example.org", "TXT"), ("call.example.org", "TXT"));

    [Fact]
    public Task Another_zone_may_not_be_changed() => ChangesAsync("Z999", allowed: false, ("_acme-challenge.call.example.org", "TXT"));

    [Fact]
    public async Task A_secret_of_another_may_not_be_read_and_none_may_be_created()
    {
        _aws.Keep("other", "secret");
        var denied = (400, "AccessDeniedException");
        Assert.Equal(denied, await AskSecretAsync("GetSecretValue", new { SecretId = "other" }));
        Assert.Equal(denied, await AskSecretAsync("GetSecretValue", new { SecretId = "missing" }));
        var created = new { Name = "causeway/dev/kept-certificate", SecretString = "a", ClientRequestToken = $"{Guid.Empty}" };
        Assert.Equal(denied, await AskSecretAsync("CreateSecret", created));
        Assert.Equal(3, _aws.Denied.Count);
    }

    private RoleCredentials Role => _aws.Metadata.RoleCredentials;

    private async Task ChangesAsync(string zone, bool allowed, params (string Name, string Type)[] records)
    {
        var changes = string.Concat(records.Select(record => $"""
            <Change><Action>UPSERT</Action><ResourceRecordSet><Name>{record.Name}</Name><Type>{record.Type}</Type><TTL>10</TTL>
            <ResourceRecords><ResourceRecord><Value>"a"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>
            """));
        var body = "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">"
            + $"<ChangeBatch><Changes>{changes}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>";
        var request = AwsCaller.Request("route53.amazonaws.com", "POST", $"/2013-04-01/hostedzone/{zone}/rrset/", body);

        var (status, text) = await SendAsync(request, "route53", region: AwsCloud.GlobalRegion);

        Assert.Equal(allowed ? 200 : 403, status);
        Assert.Equal(!allowed, text.Contains("<Code>AccessDenied</Code>", StringComparison.Ordinal));
        Assert.Equal(allowed ? ["a"] : [], _aws.Zone.Texts(records[0].Name));
    }

    private async Task<(int Status, string Code)> AskSecretAsync(string action, object asked)
    {
        var request = AwsCaller.Request(
            _aws.SecretsName, "POST", "/", JsonSerializer.Serialize(asked),
            ("content-type", AwsReply.Json11), ("x-amz-target", $"secretsmanager.{action}"));
        var (status, body) = await SendAsync(request, "secretsmanager");
        return (status, JsonDocument.Parse(body).RootElement.GetProperty("__type").GetString()!);
    }

    private async Task<(int Status, string Body)> SendAsync(
        AwsRequest request, string service, RoleCredentials? signer = null, string region = Region)
    {
        var signed = SigV4.Sign(request, signer ?? Role, region, service, DateTimeOffset.UtcNow);
        var (status, _, body) = await AwsCaller.SendAsync(_aws.Address, signed, TestContext.Current.CancellationToken);
        return (status, body);
    }
}
