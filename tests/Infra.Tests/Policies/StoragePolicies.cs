using System.Text.Json;

namespace Causeway.Infra.Tests.Policies;

internal static class StoragePolicies
{
    // Each bucket has one of them.
    private static void EachBucket(Graph graph, string type, Action<RegisteredResource> check)
    {
        Assert.NotEmpty(graph.Of(Types.Bucket));
        Assert.Equal(
            graph.Of(Types.Bucket).Select(bucket => $"{bucket.Name}-id").Order(),
            graph.Of(type).Select(part => (string)part["bucket"]!).Order());
        Assert.All(graph.Of(type), check);
    }

    [Policy("CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56")]
    [BrokenBy(Types.AccessBlock)]
    [BrokenBy(Types.AccessBlock, "blockPublicAcls", false), BrokenBy(Types.AccessBlock, "blockPublicPolicy", false)]
    [BrokenBy(Types.AccessBlock, "ignorePublicAcls", false), BrokenBy(Types.AccessBlock, "restrictPublicBuckets", false)]
    public static void Buckets_cannot_be_made_public(Graph graph) => EachBucket(graph, Types.AccessBlock, block => Assert.All(
        ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
        input => Assert.Equal(true, block[input])));

    [Policy("CKV_AWS_19")]
    [BrokenBy(Types.Encryption), BrokenBy(Types.Encryption, "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm", "none")]
    public static void Buckets_are_encrypted(Graph graph) => EachBucket(graph, Types.Encryption, encryption =>
        Assert.Equal("AES256", encryption.At("rules.0.applyServerSideEncryptionByDefault.sseAlgorithm")));

    [Policy("CKV_AWS_21")]
    [BrokenBy(Types.Versioning), BrokenBy(Types.Versioning, "versioningConfiguration.status", "Suspended")]
    public static void Buckets_keep_older_versions(Graph graph) => EachBucket(graph, Types.Versioning, versioning =>
        Assert.Equal("Enabled", versioning.At("versioningConfiguration.status")));

    [Policy("CKV2_AWS_65")]
    [BrokenBy(Types.Ownership), BrokenBy(Types.Ownership, "rule.objectOwnership", "ObjectWriter")]
    public static void Buckets_have_no_access_lists(Graph graph) => EachBucket(graph, Types.Ownership, controls =>
        Assert.Equal("BucketOwnerEnforced", controls.At("rule.objectOwnership")));

    [Policy("CKV_AWS_379")]
    [BrokenBy(Types.BucketPolicy), BrokenBy(Types.BucketPolicy, "policy", """{"Statement":[]}""")]
    public static void Buckets_refuse_requests_without_TLS(Graph graph) => EachBucket(graph, Types.BucketPolicy, policy =>
    {
        var statement = Assert.Single(JsonDocument.Parse((string)policy["policy"]!).RootElement.GetProperty("Statement").EnumerateArray());
        string? Text(string name) => statement.GetProperty(name).GetString();
        Assert.Equal(("Deny", "*", "s3:*"), (Text("Effect"), Text("Principal"), Text("Action")));
        Assert.Equal(
            [$"arn:of:{policy.Name}", $"arn:of:{policy.Name}/*"],
            statement.GetProperty("Resource").EnumerateArray().Select(resource => resource.GetString()!));
        Assert.Equal("""{"Bool":{"aws:SecureTransport":"false"}}""", statement.GetProperty("Condition").GetRawText());
    });

    [Policy("CKV2_AWS_61", "CKV_AWS_300")]
    [BrokenBy(Types.Lifecycle)]
    [BrokenBy(Types.Lifecycle, "rules.0.status", "Disabled"), BrokenBy(Types.Lifecycle, "rules.0.filter.prefix", "some")]
    [BrokenBy(Types.Lifecycle, "rules.0.noncurrentVersionExpiration.noncurrentDays", 3650)]
    [BrokenBy(Types.Lifecycle, "rules.0.abortIncompleteMultipartUpload")]
    public static void Buckets_delete_old_versions_and_unfinished_uploads(Graph graph) => EachBucket(graph, Types.Lifecycle, lifecycle =>
    {
        Assert.Equal(("Enabled", ""), (lifecycle.At("rules.0.status"), lifecycle.At("rules.0.filter.prefix")));
        Assert.InRange(lifecycle.Number("rules.0.noncurrentVersionExpiration.noncurrentDays"), 1, 90);
        Assert.InRange(lifecycle.Number("rules.0.abortIncompleteMultipartUpload.daysAfterInitiation"), 1, 7);
    });

    [Policy]
    [BrokenBy(Types.Secret, "kmsKeyId", "alias/own")]
    public static void Secrets_are_encrypted_with_the_AWS_managed_key(Graph graph) =>
        // AWS takes aws/secretsmanager when no key is named.
        graph.Each(Types.Secret, secret => Assert.Null(secret["kmsKeyId"]));
}
