using System.Collections.Immutable;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Storage;
using Pulumi;
using Pulumi.Aws.S3;
using Pulumi.Aws.S3.Inputs;
using Pulumi.Aws.SecretsManager;
using Encryption = Pulumi.Aws.S3.Inputs.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs;
using OldVersions = Pulumi.Aws.S3.Inputs.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs;
using UnfinishedUploads = Pulumi.Aws.S3.Inputs.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="Storage"/>.</summary>
public sealed class StorageArgs : ResourceArgs
{
    /// <summary>The start of the secrets' resource names.</summary>
    public required string Prefix { get; init; }

    /// <summary>The buckets.</summary>
    public required IReadOnlyList<BucketPlan> Buckets { get; init; }

    /// <summary>The secrets; those that a host creates are not registered.</summary>
    public required IReadOnlyList<SecretPlan> Secrets { get; init; }

    /// <summary>The stack's tags.</summary>
    public required ResourceTags Tags { get; init; }
}

/// <summary>The bucket with the published services, and the secrets.</summary>
public sealed class Storage : ComponentResource
{
    private const string CleanUp = "clean-up";
    private const int OldVersionsDays = 30;
    private const int UnfinishedUploadsDays = 1;

    private readonly List<Resource> _contents = [];

    /// <summary>The buckets' ARNs by name.</summary>
    public ImmutableDictionary<string, Output<string>> BucketArns { get; }

    /// <summary>The secrets' ARNs by name.</summary>
    public ImmutableDictionary<string, Output<string>> SecretArns { get; }

    /// <summary>What must exist before a host starts: the host fetches all of it.</summary>
    public ImmutableArray<Resource> Contents { get; }

    /// <summary>Registers buckets and secrets.</summary>
    public Storage(string name, StorageArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Storage", name, options)
    {
        BucketArns = args.Buckets.ToImmutableDictionary(bucket => bucket.Name, bucket => Bucket(bucket, args.Tags));
        SecretArns = args.Secrets
            .Where(secret => !secret.MadeByHost)
            .ToImmutableDictionary(
                secret => secret.Name, secret => Secret($"{args.Prefix}-{secret.Name.Split('/')[^1]}", secret, args.Tags));
        Contents = [.. _contents];
        RegisterOutputs(new Dictionary<string, object?>
        {
            ["buckets"] = BucketArns.Values.ToImmutableArray(),
            ["secrets"] = SecretArns.Values.ToImmutableArray(),
        });
    }

    private Output<string> Bucket(BucketPlan planned, ResourceTags tags)
    {
        // Another bucket is another resource: running hosts can fetch from theirs until they are gone.
        var name = planned.Name;
        var bucket = new Bucket(name, new()
        {
            BucketName = planned.Name,
            ForceDestroy = planned.ForceDestroy,
            Tags = tags.Named("bucket", planned.Name),
        }, this.Kept(planned.Protected));
        var block = new BucketPublicAccessBlock(name, new()
        {
            Bucket = bucket.Id,
            BlockPublicAcls = true,
            BlockPublicPolicy = true,
            IgnorePublicAcls = true,
            RestrictPublicBuckets = true,
        }, this.Sole());
        _ = new BucketOwnershipControls(name, new()
        {
            Bucket = bucket.Id,
            // There are no access lists.
            Rule = new BucketOwnershipControlsRuleArgs { ObjectOwnership = "BucketOwnerEnforced" },
        }, this.Sole());
        var versioning = new BucketVersioning(name, new()
        {
            Bucket = bucket.Id,
            VersioningConfiguration = new BucketVersioningVersioningConfigurationArgs { Status = "Enabled" },
        }, this.Sole());
        var encryption = new BucketServerSideEncryptionConfiguration(name, new()
        {
            Bucket = bucket.Id,
            Rules =
            {
                new BucketServerSideEncryptionConfigurationRuleArgs
                {
                    ApplyServerSideEncryptionByDefault = new Encryption { SseAlgorithm = "AES256" },
                },
            },
        }, this.Sole());
        _ = new BucketLifecycleConfiguration(name, new()
        {
            Bucket = bucket.Id,
            Rules =
            {
                new BucketLifecycleConfigurationRuleArgs
                {
                    Id = CleanUp,
                    Status = "Enabled",
                    Filter = new BucketLifecycleConfigurationRuleFilterArgs { Prefix = "" },
                    NoncurrentVersionExpiration = new OldVersions { NoncurrentDays = OldVersionsDays },
                    AbortIncompleteMultipartUpload = new UnfinishedUploads { DaysAfterInitiation = UnfinishedUploadsDays },
                },
            },
        }, this.Sole(versioning));
        _ = new BucketPolicy(name, new() { Bucket = bucket.Id, Policy = bucket.Arn.Apply(TlsOnly) }, this.Sole(block));

        foreach (var artifact in planned.Artifacts)
        {
            _contents.Add(new BucketObjectv2($"{name}-{artifact.Service}-{artifact.Sha256[..10]}", new()
            {
                Bucket = bucket.Id,
                Key = artifact.Key,
                ContentBase64 = artifact.Content is { } content ? Convert.ToBase64String(content) : null!,
                Source = artifact.Path is { } path ? new FileAsset(path) : null!,
                Tags = tags.Named("bucket object", artifact.Key),
            }, this.Sole(versioning, encryption)));
        }
        return bucket.Arn;
    }

    private static string TlsOnly(string arn) => PolicyDocument.Render(
    [
        new
        {
            Sid = "RefuseWithoutTls",
            Effect = "Deny",
            Principal = "*",
            Action = "s3:*",
            Resource = new[] { arn, $"{arn}/*" },
            Condition = new { Bool = new Dictionary<string, string> { ["aws:SecureTransport"] = "false" } },
        },
    ]);

    private Output<string> Secret(string name, SecretPlan planned, ResourceTags tags)
    {
        // Without a key AWS encrypts with aws/secretsmanager. It creates that key with the account's first secret, and refuses its name
        // before that.
        var secret = new Secret(name, new()
        {
            Name = planned.Name,
            Description = planned.Description,
            RecoveryWindowInDays = planned.RecoveryDays,
            Tags = tags.Named("secret", planned.Name),
        }, this.Kept(planned.Protected));
        if (planned.Value is { } value)
        {
            // A new version becomes the current one before the old one goes: a secret always has one.
            _contents.Add(new SecretVersion(name, new()
            {
                SecretId = secret.Id,
                SecretString = Output.CreateSecret(value.Reveal()),
            }, this.Within()));
        }
        return secret.Arn;
    }
}
