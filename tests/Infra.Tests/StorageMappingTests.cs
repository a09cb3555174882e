using System.Text.Json;
using Causeway.Blueprint.Access;
using Causeway.Blueprint.Tests;
using Pulumi;

namespace Causeway.Infra.Tests;

public class StorageMappingTests
{
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public async Task The_bucket_is_the_planned_one(string spread)
    {
        var registered = await Registered.Spread(spread);
        var planned = Assert.Single(registered.Plan.Buckets);
        var bucket = registered.One("aws:s3/bucket:Bucket");

        Assert.Equal(planned.Name, bucket["bucket"]);
        Assert.Equal(planned.ForceDestroy, bucket["forceDestroy"]);
        var block = registered.One("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
        foreach (var way in new[] { "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets" }) Assert.Equal(planned.BlocksPublicAccess, block[way]);
        Assert.Equal("BucketOwnerEnforced", registered.One("aws:s3/bucketOwnershipControls:BucketOwnershipControls").Map("rule")["objectOwnership"]);
        Assert.Equal("Enabled", registered.One("aws:s3/bucketVersioning:BucketVersioning").Map("versioningConfiguration")["status"]);

        var encryption = registered.One("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
        Assert.Contains(planned.Encryption, JsonSerializer.Serialize(Assert.Single(encryption.List("rules"))), StringComparison.Ordinal);
        var lifecycle = JsonSerializer.Serialize(Assert.Single(registered.One("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").List("rules")));
        Assert.Contains($"\"noncurrentDays\":{planned.OldVersionsDays}", lifecycle, StringComparison.Ordinal);
        Assert.Contains($"\"daysAfterInitiation\":{planned.AbortUploadsDays}", lifecycle, StringComparison.Ordinal);

        var statement = Assert.Single(JsonDocument.Parse((string)registered.One("aws:s3/bucketPolicy:BucketPolicy")["policy"]!).RootElement.GetProperty("Statement").EnumerateArray());
        Assert.Equal("Deny", statement.GetProperty("Effect").GetString());
        Assert.Equal("false", statement.GetProperty("Condition").GetProperty("Bool").GetProperty("aws:SecureTransport").GetString());
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public async Task Every_artifact_is_uploaded_under_its_hash(string spread)
    {
        var registered = await Registered.Spread(spread);
        Assert.Equal(
            registered.Plan.Buckets[0].Artifacts.Select(artifact => artifact.Key).Order(),
            registered.Of("aws:s3/bucketObjectv2:BucketObjectv2").Select(upload => (string)upload["key"]!).Order());

        var host = registered.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Content is not null);
        var content = Assert.Single(registered.Of("aws:s3/bucketObjectv2:BucketObjectv2"), upload => (string)upload["key"]! == host.Key)["contentBase64"];
        Assert.Equal(host.Content, Convert.FromBase64String((string)content!));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public async Task Every_planned_secret_is_registered_with_its_content_and_no_other(string spread)
    {
        var registered = await Registered.Spread(spread);
        Assert.Equal(
            registered.Plan.Secrets.Select(secret => (secret.Name, secret.RecoveryDays)).Order(),
            registered.Of("aws:secretsmanager/secret:Secret").Select(secret => ((string)secret["name"]!, Convert.ToInt32(secret["recoveryWindowInDays"]))).Order());
        Assert.Equal(
            registered.Plan.Secrets.Where(secret => secret.Value is not null).Select(secret => secret.Value!.Reveal()),
            registered.Of("aws:secretsmanager/secretVersion:SecretVersion").Select(version => (string)version["secretString"]!));
    }

    [Fact]
    public async Task Contents_of_secrets_and_outputs_with_credentials_are_marked_secret()
    {
        var registered = await Registered.From(Plans.Of());
        foreach (var secret in registered.Plan.Secrets.Where(secret => secret.Value is not null)) Assert.True(await Output.IsSecretAsync(Resources.Storage.Content(secret.Value!)));
        foreach (var planned in Blueprint.OutputPlan.All.Where(output => output.Secret))
            Assert.True(await Output.IsSecretAsync((Output<string>)registered.Outputs[planned.Name]!), planned.Name);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public async Task Roles_may_do_what_is_planned_and_nothing_else(string spread)
    {
        var registered = await Registered.Spread(spread);
        string Arn(Target target) => target switch
        {
            Target.Objects objects => $"arn:of:{registered.One("aws:s3/bucket:Bucket").Name}/{objects.Prefix}*",
            Target.Secret secret => $"arn:of:{registered.Of("aws:secretsmanager/secret:Secret").Single(one => (string)one["name"]! == secret.Name).Name}",
            Target.HostedZone => "arn:aws:route53:::hostedzone/Z0EXAMPLE",
            Target.LogStreams logs => $"arn:aws:logs:{registered.Plan.Settings.Region}:123456789012:log-group:{logs.LogGroup}:*",
            Target.Known known => known.Arn,
            _ => throw new InvalidOperationException(),
        };

        foreach (var planned in registered.Plan.Roles)
        {
            var role = Assert.Single(registered.Of("aws:iam/role:Role"), role => (string)role["name"]! == planned.Name);
            Assert.Equal(planned.TrustPolicy(), role["assumeRolePolicy"]);
            Assert.Empty(role.List("managedPolicyArns"));
            Assert.Empty(role.List("inlinePolicies"));
            Assert.Equal(planned.Policy(Arn), Assert.Single(registered.Of("aws:iam/rolePolicy:RolePolicy"), policy => policy.Name == role.Name)["policy"]);
        }
        Assert.Equal(registered.Plan.Roles.Count, registered.Of("aws:iam/role:Role").Count);
        Assert.Equal(registered.Plan.Roles.Count, registered.Of("aws:iam/rolePolicy:RolePolicy").Count);
        Assert.Equal(registered.Plan.Hosts.Select(host => host.Role), registered.Of("aws:iam/instanceProfile:InstanceProfile").Select(profile => (string)profile["role"]!));
    }
}
