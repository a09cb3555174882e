namespace Causeway.Ops.Tests.Cloud;

/// <summary>The metadata service of the tests' account answers as EC2's does, version 2 only.</summary>
public sealed class InstanceMetadataTests : IAsyncLifetime
{
    private const string Ttl = "x-aws-ec2-metadata-token-ttl-seconds";

    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await AwsCloud.StartAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Theory, InlineData("1", 200), InlineData("21600", 200), InlineData("0", 400), InlineData("21601", 400), InlineData("", 400),
        InlineData(null, 400)]
    public async Task A_token_is_given_for_up_to_six_hours(string? seconds, int status) =>
        Assert.Equal(status, (await AskAsync("PUT", "/latest/api/token", (Ttl, seconds))).Status);

    [Fact]
    public async Task A_folder_lists_what_is_in_it_and_nothing_is_told_without_a_token()
    {
        _cloud.Server.Metadata.Role = "host";
        _cloud.Server.Metadata.Values["placement/region"] = () => "eu-central-1";
        var (_, token) = await AskAsync("PUT", "/latest/api/token", (Ttl, "60"));

        Assert.Equal((401, ""), await AskAsync("GET", "/latest/meta-data/placement/region", ("x-aws-ec2-metadata-token", "another")));
        Assert.Equal(
            (200, "eu-central-1"), await AskAsync("GET", "/latest/meta-data/placement/region", ("x-aws-ec2-metadata-token", token)));
        Assert.Equal((200, "iam/\nplacement/"), await AskAsync("GET", "/latest/meta-data/", ("x-aws-ec2-metadata-token", token)));
        Assert.Equal(
            (200, "host"), await AskAsync("GET", "/latest/meta-data/iam/security-credentials/", ("x-aws-ec2-metadata-token", token)));
        Assert.Contains(_cloud.Server.Metadata.RoleCredentials.SecretAccessKey,
            (await AskAsync("GET", "/latest/meta-data/iam/security-credentials/host", ("x-aws-ec2-metadata-token", token))).Body,
                StringComparison.Ordinal);
        Assert.Equal((404, ""), await AskAsync("GET", "/latest/meta-data/nothing", ("x-aws-ec2-metadata-token", token)));
    }

    private async Task<(int Status, string Body)> AskAsync(string method, string path, (string Name, string? Value) header)
    {
        (string, string)[] headers = header.Value is { } value ? [(header.Name, value)] : [];
        var (status, _, body) = await AwsCaller.SendAsync(
            _cloud.Server.Address, AwsCaller.Request("169.254.169.254", method, path, "", headers), TestContext.Current.CancellationToken);
        return (status, body);
    }
}
