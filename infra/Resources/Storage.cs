using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Storage;
using Pulumi;
using Pulumi.Aws.S3;
using Pulumi.Aws.S3.Inputs;
using Pulumi.Aws.SecretsManager;

namespace Causeway.Infra.Resources;

/// <summary>What buckets and secrets are made from.</summary>
public sealed class StorageArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }
}

/// <summary>The bucket with the published services, and the secrets.</summary>
public sealed class Storage : ComponentResource
{
    /// <summary>The buckets' ARNs by name.</summary>
    public ImmutableDictionary<string, Output<string>> BucketArns { get; }

    /// <summary>The secrets' ARNs by name.</summary>
    public ImmutableDictionary<string, Output<string>> SecretArns { get; }

    /// <summary>What must be there before a host starts: it fetches all of it.</summary>
    public ImmutableArray<Resource> Contents { get; }

    /// <summary>Registers buckets and secrets.</summary>
    public Storage(string name, StorageArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Storage", name, options)
    {
        var plan = args.Plan;
        var contents = ImmutableArray.CreateBuilder<Resource>();
        BucketArns = plan.Buckets.ToImmutableDictionary(bucket => bucket.Name, bucket => Bucket(plan, bucket, contents));
        SecretArns = plan.Secrets.Where(secret => !secret.MadeByHost).ToImmutableDictionary(secret => secret.Name, secret => Secret(plan, secret, contents));
        Contents = contents.ToImmutable();
        RegisterOutputs(new Dictionary<string, object?> { ["buckets"] = BucketArns.Values.ToImmutableArray(), ["secrets"] = SecretArns.Values.ToImmutableArray() });
    }

    private Output<string> Bucket(Plan plan, BucketPlan planned, ImmutableArray<Resource>.Builder contents)
    {
        // Another bucket is another resource: hosts that run can fetch from theirs until they are gone.
        var name = planned.Name;
        var bucket = new Bucket(name, new() { BucketName = planned.Name, ForceDestroy = planned.ForceDestroy, Tags = plan.Tagged("bucket", planned.Name) }, this.Kept(planned.Protected));
        var block = new BucketPublicAccessBlock(name, new()
        {
            Bucket = bucket.Id,
            BlockPublicAcls = planned.BlocksPublicAccess,
            BlockPublicPolicy = planned.BlocksPublicAccess,
            IgnorePublicAcls = planned.BlocksPublicAccess,
            RestrictPublicBuckets = planned.BlocksPublicAccess,
        }, this.Sole());
        _ = new BucketOwnershipControls(name, new()
        {
            Bucket = bucket.Id,
            Rule = new BucketOwnershipControlsRuleArgs { ObjectOwnership = planned.OwnerEnforced ? "BucketOwnerEnforced" : "ObjectWriter" },
        }, this.Sole());
        var versioning = new BucketVersioning(name, new()
        {
            Bucket = bucket.Id,
            VersioningConfiguration = new BucketVersioningVersioningConfigurationArgs { Status = planned.Versioned ? "Enabled" : "Disabled" },
        }, this.Sole());
        var encryption = new BucketServerSideEncryptionConfiguration(name, new()
        {
            Bucket = bucket.Id,
            Rules =
            {
                new BucketServerSideEncryptionConfigurationRuleArgs
                {
                    ApplyServerSideEncryptionByDefault = new BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs { SseAlgorithm = planned.Encryption },
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
                    Id = planned.CleanUp,
                    Status = "Enabled",
                    Filter = new BucketLifecycleConfigurationRuleFilterArgs { Prefix = "" },
                    NoncurrentVersionExpiration = new BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs { NoncurrentDays = planned.OldVersionsDays },
                    AbortIncompleteMultipartUpload = new BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs { DaysAfterInitiation = planned.AbortUploadsDays },
                },
            },
        }, this.Sole(versioning));
        if (planned.TlsOnly)
        {
            _ = new BucketPolicy(name, new()
            {
                Bucket = bucket.Id,
                Policy = bucket.Arn.Apply(BucketPlan.PolicyFor),
            }, this.Sole(block));
        }

        foreach (var artifact in planned.Artifacts)
        {
            contents.Add(new BucketObjectv2($"{name}-{artifact.Service}-{artifact.Sha256[..10]}", new()
            {
                Bucket = bucket.Id,
                Key = artifact.Key,
                ContentBase64 = artifact.Content is { } content ? Convert.ToBase64String(content) : null!,
                Source = artifact.Path is { } path ? new FileAsset(path) : null!,
                Tags = plan.Tagged("bucket object", artifact.Key),
            }, this.Sole(versioning, encryption)));
        }
        return bucket.Arn;
    }

    private Output<string> Secret(Plan plan, SecretPlan planned, ImmutableArray<Resource>.Builder contents)
    {
        var name = $"{plan.Prefix}-{planned.Name.Split('/')[^1]}";
        var secret = new Secret(name, new()
        {
            Name = planned.Name,
            Description = planned.Description,
            // AWS makes its own key with the first secret of an account; named before that, it is refused.
            KmsKeyId = planned.Key == SecretPlan.AwsKey ? null! : planned.Key,
            RecoveryWindowInDays = planned.RecoveryDays,
            Tags = plan.Tagged("secret", planned.Name),
        }, this.Kept(planned.Protected));
        if (planned.Value is { } value)
            // Another version becomes the current one before the one before it goes: there is never none.
            contents.Add(new SecretVersion(name, new() { SecretId = secret.Id, SecretString = Output.CreateSecret(value.Reveal()) }, this.Within()));
        return secret.Arn;
    }
}
