using Causeway.Blueprint.Iam;
using Pulumi;
using Pulumi.Aws.SecretsManager;

namespace Causeway.Infra.Tests;

public class StorageMappingTests
{
    [Theory, EveryPlan]
    public async Task The_bucket_is_the_planned_one(Plan plan)
    {
        var registered = await Registered.From(plan);
        var planned = Assert.Single(plan.Buckets);
        var bucket = registered.One("aws:s3/bucket:Bucket");

        Assert.Equal(planned.Name, bucket["bucket"]);
        Assert.Equal(planned.ForceDestroy, bucket["forceDestroy"]);
    }

    [Theory, EveryPlan]
    public async Task The_engine_refuses_to_delete_what_the_plan_protects_and_nothing_else(Plan plan)
    {
        var registered = await Registered.From(plan);
        HashSet<string> expected =
        [
            .. plan.Buckets.Where(bucket => bucket.Protected).Select(bucket =>
                registered.Of("aws:s3/bucket:Bucket").Single(one => (string)one["bucket"]! == bucket.Name).Id),
            .. plan.Secrets.Where(secret => secret.Protected).Select(secret =>
                registered.Of("aws:secretsmanager/secret:Secret").Single(one => (string)one["name"]! == secret.Name).Id),
            .. plan.Network.FlowLog.Protected ? [registered.One("aws:cloudwatch/logGroup:LogGroup").Id] : Array.Empty<string>(),
        ];
        Assert.Equal(plan.Settings.Production ? 2 + plan.Secrets.Count : 0, expected.Count);
        Assert.Equal(expected, registered.Protected);
    }

    [Theory, EveryPlan]
    public async Task Every_artifact_is_uploaded_under_its_hash(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.Equal(
            plan.Buckets[0].Artifacts.Select(artifact => artifact.Key).Order(),
            registered.Of("aws:s3/bucketObjectv2:BucketObjectv2").Select(upload => (string)upload["key"]!).Order());

        var host = plan.Buckets[0].Artifacts.Single(artifact => artifact.Content is not null);
        var content = Assert.Single(registered.Of("aws:s3/bucketObjectv2:BucketObjectv2"), upload =>
            (string)upload["key"]! == host.Key)["contentBase64"];
        Assert.Equal(host.Content, Convert.FromBase64String((string)content!));
    }

    [Theory, EveryPlan]
    public async Task Every_planned_secret_is_registered_with_its_content_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.Equal(
            plan.Secrets.Where(secret => !secret.MadeByHost).Select(secret =>
                (secret.Name, secret.RecoveryDays, secret.Description)).Order(),
            registered.Of("aws:secretsmanager/secret:Secret").Select(secret => (
                (string)secret["name"]!, Convert.ToInt32(secret["recoveryWindowInDays"]), (string)secret["description"]!)).Order());
        Assert.Equal(
            plan.Secrets.Where(secret => secret.Value is not null).Select(secret => secret.Value!.Reveal()),
            registered.Of("aws:secretsmanager/secretVersion:SecretVersion").Select(version => (string)version["secretString"]!));
    }

    [Fact]
    public async Task Contents_of_secrets_and_outputs_with_credentials_are_marked_secret()
    {
        var registered = await Registered.From(Plans.Of());
        var versions = registered.Objects.OfType<SecretVersion>().ToList();
        Assert.Equal(registered.Plan.Secrets.Count(secret => secret.Value is not null), versions.Count);
        foreach (var version in versions)
            Assert.True(await Output.IsSecretAsync(registered.Given(version).SecretString!.ToOutput()), version.GetResourceName());
        foreach (var planned in Blueprint.Settings.OutputPlan.All.Where(output => output.Secret))
            Assert.True(await Output.IsSecretAsync((Output<string>)registered.Outputs[planned.Name]!), planned.Name);
    }

    [Theory, EveryPlan]
    public async Task Roles_may_do_what_is_planned_and_nothing_else(Plan plan)
    {
        var registered = await Registered.From(plan);
        string Arn(Target target) => target switch
        {
            Target.Objects objects => $"arn:of:{registered.One("aws:s3/bucket:Bucket").Name}/{objects.Prefix}*",
            // Of what a host makes the number of the account is known, and its name.
            Target.Secret secret when plan.Secrets.Single(one => one.Name == secret.Name).MadeByHost =>
                $"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{secret.Name}-??????",
            Target.Secret secret =>
                $"arn:of:{registered.Of("aws:secretsmanager/secret:Secret").Single(one => (string)one["name"]! == secret.Name).Name}",
            Target.HostedZone => "arn:aws:route53:::hostedzone/Z0EXAMPLE",
            Target.LogStreams logs => $"arn:aws:logs:{plan.Settings.Region}:123456789012:log-group:{logs.LogGroup}:*",
            Target.OwnLogGroups => $"arn:aws:logs:{plan.Settings.Region}:123456789012:log-group:*",
            Target.OwnInstances => $"arn:aws:ec2:{plan.Settings.Region}:123456789012:instance/*",
            Target.DnsChanges => "arn:aws:route53:::change/*",
            Target.Everything => "*",
            _ => throw new InvalidOperationException(),
        };

        foreach (var planned in plan.Roles)
        {
            var role = Assert.Single(registered.Of("aws:iam/role:Role"), role => (string)role["name"]! == planned.Name);
            Assert.Equal(planned.TrustPolicy("123456789012"), role["assumeRolePolicy"]);
            Assert.Empty(role.List("managedPolicyArns"));
            Assert.Empty(role.List("inlinePolicies"));
            Assert.Equal(
                planned.Policy(Arn),
                Assert.Single(registered.Of("aws:iam/rolePolicy:RolePolicy"), policy => policy.Name == role.Name)["policy"]);
        }
        Assert.Equal(plan.Roles.Count, registered.Of("aws:iam/role:Role").Count);
        Assert.Equal(plan.Roles.Count, registered.Of("aws:iam/rolePolicy:RolePolicy").Count);
        Assert.Equal(
            plan.Hosts.Select(host => host.Role),
            registered.Of("aws:iam/instanceProfile:InstanceProfile").Select(profile => (string)profile["role"]!));
    }
}
