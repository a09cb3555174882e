using System.Globalization;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.S3;

/// <summary>S3 (API of 2006-03-01): buckets, called by path or by a name of their own, and what is in them.</summary>
public sealed partial class S3Api(CloudTable<CloudBucket> buckets, Injection injected) : AwsApi
{
    private const string Schema = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 1000;

    /// <inheritdoc />
    public override string Service => "s3";

    /// <inheritdoc />
    public override (int Status, string Code) Throttled => (503, "SlowDown");

    /// <inheritdoc />
    public override string ActionOf(AwsRequest request)
    {
        var (bucket, key) = Target(request);
        bool Asks(string name) => request.Parameters.ContainsKey(name);
        return (request.Method, bucket.Length > 0, key.Length > 0) switch
        {
            ("GET", false, _) => "ListBuckets",
            ("HEAD", true, false) => "HeadBucket",
            ("GET", true, false) when Asks("tagging") => "GetBucketTagging",
            ("GET", true, false) when Asks("location") => "GetBucketLocation",
            ("GET", true, false) when Asks("versioning") => "GetBucketVersioning",
            ("GET", true, false) when Asks("versions") => "ListObjectVersions",
            ("GET", true, false) when Asks("uploads") => "ListMultipartUploads",
            ("PUT", true, false) when Asks("tagging") => "PutBucketTagging",
            ("DELETE", true, false) when Asks("tagging") => "DeleteBucketTagging",
            ("DELETE", true, false) => "DeleteBucket",
            ("POST", true, false) when Asks("delete") => "DeleteObjects",
            ("DELETE", true, true) when Asks("uploadId") => "AbortMultipartUpload",
            ("DELETE", true, true) => "DeleteObject",
            ("GET", true, true) => "GetObject",
            _ => $"{request.Method} {request.Path}?{request.Query}",
        };
    }

    /// <inheritdoc />
    public override AwsReply Answer(ApiCall call)
    {
        if (call.Request.Header("x-amz-content-sha256").Length == 0)
            throw AwsRefusedException.Fault("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
        if (call.Name == "ListBuckets") return ListBuckets(call);
        var (name, key) = Target(call.Request);
        var bucket = buckets.Find(name, () => new(404, "NoSuchBucket", "The specified bucket does not exist"));
        // Where a bucket is may be asked from anywhere; all else goes to its own region.
        if (bucket.Region != call.Region && call.Name is not ("GetBucketLocation" or "HeadBucket"))
        {
            throw new AwsRefusedException(400, "AuthorizationHeaderMalformed",
                $"The authorization header is malformed; the region '{call.Region}' is wrong; expecting '{bucket.Region}'")
            {
                Details = E("Region", bucket.Region),
            };
        }
        return call.Name switch
        {
            "HeadBucket" => new(200, "application/xml", ""),
            "GetBucketTagging" => GetTagging(bucket),
            "GetBucketLocation" => Reply("LocationConstraint", bucket.Region == AwsCloud.GlobalRegion ? "" : bucket.Region),
            "GetBucketVersioning" => Reply("VersioningConfiguration", E("Status", bucket.Versioned ? "Enabled" : null)),
            "ListObjectVersions" => ListVersions(call, bucket),
            "ListMultipartUploads" => ListUploads(call, bucket),
            "PutBucketTagging" => PutTagging(call, bucket),
            "DeleteBucketTagging" => Tags(bucket, new Dictionary<string, string>()),
            "DeleteBucket" => DeleteBucket(bucket),
            "DeleteObjects" => DeleteObjects(call, bucket),
            "AbortMultipartUpload" => Abort(call, bucket, key),
            "DeleteObject" => DeleteObject(call, bucket, key),
            "GetObject" => GetObject(bucket, key),
            _ => throw AwsRefusedException.Fault("NotImplemented", $"{call.Name} is not built here", 501),
        };
    }

    /// <inheritdoc />
    public override AwsReply Error(AwsRefusedException refusal) => AwsReply.Xml(refusal.Status,
        In("Error", E("Code", refusal.Code), E("Message", refusal.Message), refusal.Details, E("RequestId", "r")));

    /// <inheritdoc />
    public override AwsRefusedException Unsigned(SignatureFault fault) => fault.InS3();

    // Path style (/bucket/key), or the bucket as the first label of the host (bucket.s3.REGION.amazonaws.com; bucket.localhost).
    internal static (string Bucket, string Key) Target(AwsRequest request)
    {
        var host = request.Header("host").Split(':')[0];
        var path = Uri.UnescapeDataString(request.Path).TrimStart('/');
        if (host.EndsWith(".localhost", StringComparison.Ordinal)) return (host[..^".localhost".Length], path);
        if (host.EndsWith(AwsServer.Domain, StringComparison.Ordinal) && host.IndexOf(".s3.", StringComparison.Ordinal) is > 0 and var end)
            return (host[..end], path);
        var parts = path.Split('/', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : "");
    }

    private AwsReply ListBuckets(ApiCall call)
    {
        var asked = call.Request.Parameters;
        var found = buckets.Read()
            .Where(seen => seen.Resource.Id.StartsWith(asked.GetValueOrDefault("prefix", ""), StringComparison.Ordinal)
            && (!asked.TryGetValue("bucket-region", out var region) || seen.Resource.Region == region));
        var (page, next) = Paging.Cut(found, seen => seen.Resource.Id, asked.GetValueOrDefault("continuation-token"),
            int.Min(PageSize, Most(call, "max-buckets", 10_000)), () =>
                AwsRefusedException.Fault("InvalidArgument", "The continuation token is not valid"));
        return Reply("ListAllMyBucketsResult", In("Owner", E("ID", AwsServer.Account)) + List("Buckets", "Bucket", page.Select(seen =>
            E("Name", seen.Resource.Id) + E("CreationDate", seen.Resource.Created) + E("BucketRegion", seen.Resource.Region)))
            + E("ContinuationToken", next));
    }

    private static AwsReply GetTagging(CloudBucket bucket)
    {
        var tags = bucket.Seen();
        return tags.Count == 0
            ? throw new AwsRefusedException(404, "NoSuchTagSet", "The TagSet does not exist")
            : Reply("Tagging", List("TagSet", "Tag", tags.Select(tag => E("Key", tag.Key) + E("Value", tag.Value))));
    }

    // The whole set at once: what is not in it is removed.
    private AwsReply PutTagging(ApiCall call, CloudBucket bucket)
    {
        var asked = Body(call, "Tagging");
        return Tags(bucket, Elements(asked, "Tag").ToDictionary(tag => Text(tag, "Key") ?? "", tag => Text(tag, "Value") ?? ""));
    }

    private AwsReply Tags(CloudBucket bucket, IReadOnlyDictionary<string, string> tags)
    {
        bucket.Replace(tags, injected.ReadsUntilTagsShow);
        return Nothing;
    }

    private AwsReply DeleteBucket(CloudBucket bucket)
    {
        if (bucket.Versions.Count > 0)
        {
            throw new AwsRefusedException(409, "BucketNotEmpty", bucket.Versioned
                ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
                : "The bucket you tried to delete is not empty");
        }
        buckets.Remove(bucket);
        return Nothing;
    }

    private static AwsReply Nothing => new(204, "", "");

    private static AwsReply Reply(string name, string content) => AwsReply.Xml(200, $"<{name} xmlns=\"{Schema}\">{content}</{name}>");

    private static int Most(ApiCall call, string name, int otherwise)
    {
        if (!call.Request.Parameters.TryGetValue(name, out var text)) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most >= 1
            ? int.Min(most, otherwise)
            : throw AwsRefusedException.Fault("InvalidArgument", $"{name} {text}");
    }
}
