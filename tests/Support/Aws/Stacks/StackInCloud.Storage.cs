using Causeway.Tests.Support.Aws.S3;

namespace Causeway.Tests.Support.Aws.Stacks;

// Buckets with what is in them, and secrets.
public sealed partial class StackInCloud
{
    private const string BucketType = "aws:s3/bucket:Bucket";

    private IReadOnlyList<(string, Action<StackResource>)> StorageSteps =>
    [
        (BucketType, planned => Add(planned, _cloud.Buckets, new()
        {
            Id = planned.Text("bucket"), Region = _region, Created = _created, Tags = planned.Tags,
        })),
        ("aws:s3/bucketVersioning:BucketVersioning", planned =>
            BucketOf(planned).Versioned = planned.Map("versioningConfiguration").GetValueOrDefault("status") is "Enabled"),
        // Parts of the bucket, which go with it.
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", planned => BucketOf(planned)),
        ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", planned => BucketOf(planned)),
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", planned => BucketOf(planned)),
        ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", planned => BucketOf(planned)),
        ("aws:s3/bucketPolicy:BucketPolicy", planned => BucketOf(planned)),
        ("aws:s3/bucketObjectv2:BucketObjectv2", planned => BucketOf(planned).Put(planned.Text("key"))),
        ("aws:secretsmanager/secret:Secret", planned => Add(planned, _cloud.In(_region).Secrets, new()
        {
            Id = planned.Text("name"), Region = _region, Created = _created, Tags = planned.Tags,
            Description = planned["description"] ?? "",
        })),
        ("aws:secretsmanager/secretVersion:SecretVersion", planned =>
            MadeOf<CloudSecret>("aws:secretsmanager/secret:Secret", planned["secretId"]).Versions++),
    ];

    private CloudBucket BucketOf(StackResource planned) => MadeOf<CloudBucket>(BucketType, planned["bucket"]);
}
