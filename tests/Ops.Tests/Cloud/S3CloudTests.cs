using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Causeway.Tests.Support.Aws.S3;

namespace Causeway.Ops.Tests.Cloud;

/// <summary>S3 of the account that holds stacks, asked by AWS's own client.</summary>
public sealed class S3CloudTests : IAsyncLifetime
{
    private AwsCloud _cloud = null!;
    private AmazonS3Client _s3 = null!;
    private CloudBucket _bucket = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        _s3 = Client("eu-central-1");
        _bucket = _cloud.Buckets.Add(new CloudBucket
        {
            Id = "objects",
            Region = "eu-central-1",
            Tags = new Dictionary<string, string> { ["owner"] = "somebody" },
            Versioned = true,
        });
    }

    public async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await _cloud.DisposeAsync();
    }

    private AmazonS3Client Client(string region) => new(
        new BasicAWSCredentials(_cloud.Server.User.AccessKeyId, _cloud.Server.User.SecretAccessKey),
        new AmazonS3Config { ServiceURL = _cloud.Server.Address, AuthenticationRegion = region, ForcePathStyle = true, MaxErrorRetry = 0 });

    private static async Task<string> Refusal(Task call) => (await Assert.ThrowsAnyAsync<AmazonServiceException>(() => call)).ErrorCode;

    [Fact]
    public async Task Buckets_are_listed_with_their_tags_and_regions()
    {
        _cloud.Buckets.Add(new CloudBucket { Id = "elsewhere", Region = "us-east-1" });
        Assert.Equal(["elsewhere", "objects"],
            (await _s3.ListBucketsAsync(TestContext.Current.CancellationToken)).Buckets.Select(bucket => bucket.BucketName));
        Assert.Equal("eu-central-1", (await _s3.GetBucketLocationAsync("objects", TestContext.Current.CancellationToken)).Location.Value);
        Assert.Equal("somebody", Assert.Single(
            (await _s3.GetBucketTaggingAsync(new() { BucketName = "objects" }, TestContext.Current.CancellationToken)).TagSet).Value);
        Assert.Equal(VersionStatus.Enabled,
            (await _s3.GetBucketVersioningAsync("objects", TestContext.Current.CancellationToken)).VersioningConfig.Status);
        await _s3.PutBucketTaggingAsync(
            new() { BucketName = "objects", TagSet = [new() { Key = "a", Value = "1" }] }, TestContext.Current.CancellationToken);
        Assert.Equal("a", Assert.Single(_bucket.Tags).Key);
        using var there = Client("us-east-1");
        Assert.Equal("NoSuchTagSet",
            await Refusal(there.GetBucketTaggingAsync(new() { BucketName = "elsewhere" }, TestContext.Current.CancellationToken)));
        Assert.Equal("NoSuchBucket", await Refusal(_s3.GetBucketVersioningAsync("gone", TestContext.Current.CancellationToken)));
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task A_bucket_goes_when_every_version_in_it_is_gone()
    {
        foreach (var key in (string[])["a/one", "a/two", "b & c", "d+e"])
        {
            _bucket.Put(key);
            _bucket.Put(key);
        }
        _bucket.Delete("a/one");
        _bucket.Begin("a/big");
        Assert.Equal("BucketNotEmpty", await Refusal(_s3.DeleteBucketAsync("objects", TestContext.Current.CancellationToken)));

        _cloud.S3.PageSize = 2;
        var (versions, pages) = (new List<S3ObjectVersion>(), 0);
        var asked = new ListVersionsRequest { BucketName = "objects" };
        while (true)
        {
            var page = await _s3.ListVersionsAsync(asked, TestContext.Current.CancellationToken);
            versions.AddRange(page.Versions);
            pages++;
            if (page.IsTruncated != true) break;
            (asked.KeyMarker, asked.VersionIdMarker) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
        Assert.Equal((9, 5), (versions.Count, pages));
        Assert.Single(versions, version => version.IsDeleteMarker == true);
        Assert.Equal(4, versions.Count(version => version.IsLatest == true));
        Assert.Equal(_bucket.Versions.Select(version => (version.Key, version.Id)).Order(),
            versions.Select(one => (one.Key, one.VersionId)).Order());

        _cloud.S3.LockedObjects.Add("d+e");
        var refused = await Assert.ThrowsAsync<DeleteObjectsException>(() => _s3.DeleteObjectsAsync(new()
        {
            BucketName = "objects",
            Objects = [.. versions.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })],
        }, TestContext.Current.CancellationToken));
        Assert.Equal(
            [("d+e", "AccessDenied"), ("d+e", "AccessDenied")], refused.Response.DeleteErrors.Select(error => (error.Key, error.Code)));
        Assert.Equal(2, _bucket.Versions.Count);
        foreach (var version in _bucket.Versions.ToList())
            await _s3.DeleteObjectAsync("objects", version.Key, version.Id, TestContext.Current.CancellationToken);

        var upload = Assert.Single((await _s3.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = "objects" }, TestContext.Current.CancellationToken)).MultipartUploads);
        await _s3.AbortMultipartUploadAsync("objects", upload.Key, upload.UploadId, TestContext.Current.CancellationToken);
        Assert.Equal("NoSuchUpload",
            await Refusal(_s3.AbortMultipartUploadAsync("objects", upload.Key, upload.UploadId, TestContext.Current.CancellationToken)));
        await _s3.DeleteBucketAsync("objects", TestContext.Current.CancellationToken);
        Assert.Empty(_cloud.All);
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task An_object_that_is_deleted_without_a_version_leaves_a_mark()
    {
        _bucket.Put("one");
        await _s3.DeleteObjectAsync("objects", "one", TestContext.Current.CancellationToken);
        Assert.Equal([false, true], _bucket.Versions.Select(version => version.IsMarker));
        Assert.Equal("BucketNotEmpty", await Refusal(_s3.DeleteBucketAsync("objects", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_bucket_answers_in_its_own_region()
    {
        using var elsewhere = Client("eu-west-1");
        Assert.Equal(
            "AuthorizationHeaderMalformed", await Refusal(elsewhere.DeleteBucketAsync("objects", TestContext.Current.CancellationToken)));
        Assert.Single(_cloud.Buckets.All);
    }

    [Fact]
    public async Task A_bucket_with_a_name_of_its_own_is_the_same()
    {
        var port = new Uri(_cloud.Server.Address).Port;
        using var named = new AmazonS3Client(
            new BasicAWSCredentials(_cloud.Server.User.AccessKeyId, _cloud.Server.User.SecretAccessKey),
            new AmazonS3Config
            {
                ServiceURL = $"http://localhost:{port}",
                AuthenticationRegion = "eu-central-1",
                MaxErrorRetry = 0,
                HttpClientFactory = new Loopback(port),
            });
        _bucket.Put("one");
        Assert.Equal("one", Assert.Single((await named.ListVersionsAsync("objects", TestContext.Current.CancellationToken)).Versions).Key);
        Assert.Empty(_cloud.Server.Faults);
    }

    // Not every resolver knows names below localhost.
    private sealed class Loopback(int port) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }
}
