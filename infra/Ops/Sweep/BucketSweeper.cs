using Amazon.S3;
using Amazon.S3.Model;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>Buckets, with all versions of their objects, delete markers and unfinished uploads.</summary>
internal sealed class BucketSweeper(AwsSession session, SweepCalls calls, string region) : ISweeper, IDisposable
{
    // DeleteObjects accepts a thousand. A demo's bucket doesn't have more than a million versions.
    private const int PageSize = 1000;
    private const int MostPages = 1000;

    private readonly AmazonS3Client _s3 = new(session.Credentials, session.Bounded(
        new AmazonS3Config { ForcePathStyle = session.PathStyle }, region));

    public string Region => region;

    public IReadOnlyList<string> Kinds { get; } = [SweepKinds.Bucket];

    public async Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation)
    {
        var buckets = await Pages.AllAsync<S3Bucket>(async next =>
        {
            var request = new ListBucketsRequest
            {
                Prefix = StackName.Prefix,
                BucketRegion = region,
                MaxBuckets = PageSize,
                ContinuationToken = next,
            };
            var page = await calls.AskAsync("s3:ListAllMyBuckets", limit => _s3.ListBucketsAsync(request, limit), cancellation);
            return (page.Buckets, page.ContinuationToken);
        });
        var read = await Task.WhenAll(buckets.Select(bucket =>
            Pages.OrUnreadAsync(Of(bucket.BucketName, Pages.Utc(bucket.CreationDate)), listed => ReadAsync(listed, cancellation))));
        return [.. read.OfType<FoundResource>()];
    }

    public Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation) =>
        Pages.OrGoneAsync(() => TaggedAsync(found, cancellation));

    public async Task RemoveAsync(FoundResource found, CancellationToken cancellation)
    {
        await EmptyAsync(found.Id, cancellation);
        await calls.AskAsync(
            "s3:DeleteBucket", limit => _s3.DeleteBucketAsync(new DeleteBucketRequest { BucketName = found.Id }, limit), cancellation);
    }

    public void Dispose() => _s3.Dispose();

    private async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        try
        {
            var tags = await calls.AskAsync(
                "s3:GetBucketTagging", limit => _s3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = found.Id }, limit),
                cancellation);
            return Of(found.Id, found.Since) with { Tags = (tags.TagSet ?? []).ToDictionary(tag => tag.Key, tag => tag.Value) };
        }
        catch (RefusedException untagged) when (untagged.InnerException is AmazonS3Exception { ErrorCode: "NoSuchTagSet" })
        {
            return Of(found.Id, found.Since) with { Tags = new Dictionary<string, string>() };
        }
    }

    private FoundResource Of(string name, DateTimeOffset? since) =>
        new() { Kind = SweepKinds.Bucket, Id = name, Name = name, Region = region, Since = since };

    // Lists from the beginning each time, since the listed versions are deleted.
    private async Task EmptyAsync(string name, CancellationToken cancellation)
    {
        for (var page = 0; ; page++)
        {
            var listed = await calls.AskAsync(
                "s3:ListBucketVersions",
                limit => _s3.ListVersionsAsync(new ListVersionsRequest { BucketName = name, MaxKeys = PageSize }, limit), cancellation);
            if (listed.Versions is not { Count: > 0 } versions) break;
            if (page == MostPages)
                throw new RefusedException(RefusalKind.Final, $"it has more than {PageSize * MostPages} versions of objects");
            await calls.AskAsync("s3:DeleteObjectVersion", limit => DeleteAsync(name, versions, limit), cancellation);
        }

        var uploads = await Pages.AllAsync<MultipartUpload>(async next =>
        {
            var markers = next?.Split('\n');
            var page = await calls.AskAsync("s3:ListBucketMultipartUploads", limit => _s3.ListMultipartUploadsAsync(
                new ListMultipartUploadsRequest { BucketName = name, KeyMarker = markers?[0], UploadIdMarker = markers?[1] }, limit),
                cancellation);
            return (page.MultipartUploads, page.IsTruncated == true ? $"{page.NextKeyMarker}\n{page.NextUploadIdMarker}" : null);
        });
        foreach (var upload in uploads)
        {
            await Pages.UnlessGoneAsync(() => calls.AskAsync("s3:AbortMultipartUpload", limit => _s3.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = name, Key = upload.Key, UploadId = upload.UploadId }, limit), cancellation));
        }
    }

    private async Task<DeleteObjectsResponse> DeleteAsync(string name, List<S3ObjectVersion> versions, CancellationToken limit)
    {
        try
        {
            return await _s3.DeleteObjectsAsync(new DeleteObjectsRequest
            {
                BucketName = name,
                Quiet = true,
                Objects = [.. versions.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })],
            }, limit);
        }
        catch (DeleteObjectsException partly) when (partly.Response?.DeleteErrors is [var first, ..])
        {
            // Only some were deleted; reports the first error.
            throw new AmazonS3Exception($"{first.Key}: {first.Message}") { ErrorCode = first.Code };
        }
    }
}
