using System.Xml;
using System.Xml.Linq;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.S3;

// What is in a bucket.
public sealed partial class S3Api
{
    private const int MaxKeys = 1000;

    private AwsReply ListVersions(ApiCall call, CloudBucket bucket)
    {
        var asked = call.Request.Parameters;
        if (asked.ContainsKey("version-id-marker") && !asked.ContainsKey("key-marker"))
            throw AwsRefusedException.Fault("InvalidArgument", "A version-id marker cannot be specified without a key marker.");
        var (prefix, most) = (asked.GetValueOrDefault("prefix", ""), int.Min(PageSize, Most(call, "max-keys", MaxKeys)));
        var all = bucket.Listed.Where(one => one.Version.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var (key, version) = (asked.GetValueOrDefault("key-marker", ""), asked.GetValueOrDefault("version-id-marker", ""));
        // After the marker: of its key those that are older than it, without it none.
        var rest = all.Where(
            one => string.CompareOrdinal(one.Version.Key, key) > 0 || (one.Version.Key == key && IsOlder(bucket, one.Version, version)))
            .ToList();
        var page = rest.Take(most).ToList();
        var (more, name) = (rest.Count > page.Count, Naming(asked));
        return Reply("ListVersionsResult", string.Concat(
            E("Name", bucket.Id), E("Prefix", prefix), E("KeyMarker", name(key)), E("VersionIdMarker", version), E("MaxKeys", most),
            asked.ContainsKey("encoding-type") ? E("EncodingType", "url") : "", E("IsTruncated", more),
            more ? E("NextKeyMarker", name(page[^1].Version.Key)) + E("NextVersionIdMarker", page[^1].Version.Id) : "",
            string.Concat(page.Select(one => In(one.Version.IsMarker ? "DeleteMarker" : "Version",
                E("Key", name(one.Version.Key)), E("VersionId", one.Version.Id), E("IsLatest", one.Latest),
                E("LastModified", bucket.Created),
                one.Version.IsMarker ? "" : E("ETag", "\"e\"") + E("Size", (int)one.Version.Size) + E("StorageClass", "STANDARD"))))));
    }

    private static bool IsOlder(CloudBucket bucket, ObjectVersion version, string marker) =>
        marker.Length > 0 && bucket.Versions.IndexOf(version) is var index
        && bucket.Versions.FindIndex(one => one.Key == version.Key && one.Id == marker) is var at
        // A deleted marker: version ids here grow with time.
        && (at >= 0 ? index < at : string.CompareOrdinal(version.Id, marker) < 0);

    private AwsReply ListUploads(ApiCall call, CloudBucket bucket)
    {
        var asked = call.Request.Parameters;
        var most = int.Min(PageSize, Most(call, "max-uploads", MaxKeys));
        var (key, id) = (asked.GetValueOrDefault("key-marker", ""), asked.GetValueOrDefault("upload-id-marker", ""));
        var rest = bucket.Uploads.OrderBy(upload => upload.Value, StringComparer.Ordinal)
            .ThenBy(upload => upload.Key, StringComparer.Ordinal)
            .Where(upload => string.CompareOrdinal(upload.Value, key) > 0
                || (upload.Value == key && id.Length > 0 && string.CompareOrdinal(upload.Key, id) > 0)).ToList();
        var (page, name) = (rest.Take(most).ToList(), Naming(asked));
        var more = rest.Count > page.Count;
        return Reply("ListMultipartUploadsResult", string.Concat(
            E("Bucket", bucket.Id), E("KeyMarker", name(key)), E("UploadIdMarker", id), E("MaxUploads", most), E("IsTruncated", more),
            more ? E("NextKeyMarker", name(page[^1].Value)) + E("NextUploadIdMarker", page[^1].Key) : "",
            string.Concat(page.Select(upload =>
                In("Upload", E("Key", name(upload.Value)), E("UploadId", upload.Key), E("Initiated", bucket.Created))))));
    }

    private static AwsReply Abort(ApiCall call, CloudBucket bucket, string key)
    {
        var id = call.Request.Parameters["uploadId"];
        if (bucket.Uploads.GetValueOrDefault(id) != key)
            throw new AwsRefusedException(404, "NoSuchUpload", "The specified multipart upload does not exist.");
        bucket.Uploads.Remove(id);
        return Nothing;
    }

    private static AwsReply GetObject(CloudBucket bucket, string key) =>
        bucket.Versions.LastOrDefault(version => version.Key == key) is { IsMarker: false } version
            ? new(200, "binary/octet-stream", version.Content)
            : throw new AwsRefusedException(404, "NoSuchKey", "The specified key does not exist.");

    private static AwsReply DeleteObject(ApiCall call, CloudBucket bucket, string key)
    {
        Delete(bucket, key, call.Request.Parameters.GetValueOrDefault("versionId"));
        return Nothing;
    }

    // Each by itself: failures are listed in a successful answer. What is not there counts as deleted.
    private AwsReply DeleteObjects(ApiCall call, CloudBucket bucket)
    {
        if (call.Request.Header("content-md5").Length == 0 && !call.Request.Headers.Keys.Any(IsChecksum))
            throw AwsRefusedException.Fault("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        var asked = Body(call, "Delete");
        var objects = Elements(asked, "Object").Select(one => (Key: Text(one, "Key") ?? "", Version: Text(one, "VersionId"))).ToList();
        if (objects.Count is 0 or > MaxKeys) throw AwsRefusedException.Fault("MalformedXML", $"{objects.Count} objects");
        var quiet = Text(asked, "Quiet") == "true";
        return Reply("DeleteResult", string.Concat(objects.Select(one =>
        {
            var about = E("Key", one.Key) + E("VersionId", one.Version);
            if (LockedObjects.Contains(one.Key)) return In("Error", about, E("Code", "AccessDenied"), E("Message", "Access Denied"));
            Delete(bucket, one.Key, one.Version);
            return quiet ? "" : In("Deleted", about);
        })));
    }

    /// <summary>Keys of objects that DeleteObjects refuses, each by itself.</summary>
    public HashSet<string> LockedObjects { get; } = [];

    private static void Delete(CloudBucket bucket, string key, string? version)
    {
        if (version is null) bucket.Delete(key);
        else bucket.Versions.RemoveAll(one => one.Key == key && one.Id == version);
    }

    private static bool IsChecksum(string header) => header.StartsWith("x-amz-checksum-", StringComparison.Ordinal);

    // With encoding-type=url keys are escaped: XML cannot carry all of them.
    private static Func<string, string> Naming(IReadOnlyDictionary<string, string> asked) =>
        asked.GetValueOrDefault("encoding-type") == "url" ? Uri.EscapeDataString : key => key;

    private static XElement Body(ApiCall call, string name)
    {
        try
        {
            var root = XDocument.Parse(call.Request.Text).Root!;
            return root.Name.LocalName == name ? root : throw AwsRefusedException.Fault("MalformedXML", $"{root.Name} instead of {name}");
        }
        catch (XmlException cause)
        {
            throw AwsRefusedException.Fault("MalformedXML", cause.Message);
        }
    }

    private static IEnumerable<XElement> Elements(XElement parent, string name) =>
        parent.Descendants().Where(element => element.Name.LocalName == name);

    private static string? Text(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}
