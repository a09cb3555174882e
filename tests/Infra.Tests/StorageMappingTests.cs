using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Settings;
using Pulumi;
using Pulumi.Aws.SecretsManager;

namespace Causeway.Infra.Tests;

public class StorageMappingTests
{
    [Theory, EveryPlan]
    public async Task The_bucket_is_as_planned(Plan plan)
    {
        var registered = await Registered.From(plan);
        var planned = Assert.Single(plan.Buckets);
        var bucket = registered.One(Types.Bucket);

        Assert.Equal(planned.Name, bucket["bucket"]);
        Assert.Equal(planned.ForceDestroy, bucket["forceDestroy"]);
    }

    [Theory, EveryPlan]
    public async Task The_engine_protects_what_the_plan_protects_and_nothing_else(Plan plan)
    {
        var registered = await Registered.From(plan);
        RegisteredResource Planned(string type, string input, string name) =>
            registered.Of(type).Single(resource => (string)resource[input]! == name);
        HashSet<string> expected =
        [
            .. plan.Buckets.Where(bucket => bucket.Protected).Select(bucket => Planned(Types.Bucket, "bucket", bucket.Name).Id),
            .. plan.Secrets.Where(secret => secret.Protected).Select(secret => Planned(Types.Secret, "name", secret.Name).Id),
        ];
        if (plan.Network.FlowLog.Protected) expected.Add(registered.One(Types.LogGroup).Id);
        Assert.Equal(plan.Settings.Production ? 2 + plan.Secrets.Count : 0, expected.Count);
        Assert.Equal(expected, registered.Protected);
    }

    [Theory, EveryPlan]
    public async Task Every_artifact_is_uploaded_under_its_hash(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.Equal(
            plan.Buckets[0].Artifacts.Select(artifact => artifact.Key).Order(),
            registered.Of(Types.BucketObject).Select(upload => (string)upload["key"]!).Order());

        var host = plan.Buckets[0].Artifacts.Single(artifact => artifact.Content is not null);
        var upload = Assert.Single(registered.Of(Types.BucketObject), upload => (string)upload["key"]! == host.Key);
        Assert.Equal(host.Content, Convert.FromBase64String((string)upload["contentBase64"]!));
    }

    [Theory, EveryPlan]
    public async Task Every_planned_secret_is_registered_with_its_value_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        var planned = plan.Secrets.Where(secret => !secret.MadeByHost);
        Assert.Equal(
            planned.Select(secret => (secret.Name, secret.RecoveryDays, secret.Description)).Order(),
            registered.Of(Types.Secret)
                .Select(secret => ((string)secret["name"]!, secret.Number("recoveryWindowInDays"), (string)secret["description"]!))
                .Order());
        Assert.Equal(
            plan.Secrets.Where(secret => secret.Value is not null).Select(secret => secret.Value!.Reveal()),
            registered.Of(Types.SecretVersion).Select(version => (string)version["secretString"]!));
    }

    [Fact]
    public async Task Values_of_secrets_and_outputs_with_credentials_are_marked_secret()
    {
        var registered = await Registered.From(Plans.Of());
        var versions = registered.Objects.OfType<SecretVersion>().ToList();
        Assert.Equal(registered.Plan.Secrets.Count(secret => secret.Value is not null), versions.Count);
        foreach (var version in versions)
            Assert.True(await Output.IsSecretAsync(registered.Given(version).SecretString!.ToOutput()), version.GetResourceName());
        foreach (var planned in OutputPlan.All.Where(output => output.Secret))
            Assert.True(await Output.IsSecretAsync((Output<string>)registered.Outputs[planned.Name]!), planned.Name);
    }

    [Theory, EveryPlan]
    public async Task Roles_may_do_what_is_planned_and_nothing_else(Plan plan)
    {
        var registered = await Registered.From(plan);
        var (region, account) = (plan.Settings.Region, "123456789012");
        string Arn(Target target) => target switch
        {
            Target.Objects objects => $"arn:of:{registered.One(Types.Bucket).Name}/{objects.Prefix}*",
            // A host creates it later, so the program composes its ARN.
            Target.Secret secret when plan.Secrets.Single(one => one.Name == secret.Name).MadeByHost =>
                $"arn:aws:secretsmanager:{region}:{account}:secret:{secret.Name}-??????",
            Target.Secret secret =>
                $"arn:of:{registered.Of(Types.Secret).Single(one => (string)one["name"]! == secret.Name).Name}",
            Target.HostedZone => "arn:aws:route53:::hostedzone/Z0EXAMPLE",
            Target.LogStreams logs => $"arn:aws:logs:{region}:{account}:log-group:{logs.LogGroup}:*",
            Target.OwnLogGroups => $"arn:aws:logs:{region}:{account}:log-group:*",
            Target.OwnInstances => $"arn:aws:ec2:{region}:{account}:instance/*",
            Target.DnsChanges => "arn:aws:route53:::change/*",
            Target.Everything => "*",
            _ => throw new InvalidOperationException(),
        };

        foreach (var planned in plan.Roles)
        {
            var role = Assert.Single(registered.Of(Types.Role), role => (string)role["name"]! == planned.Name);
            Assert.Equal(planned.TrustPolicy(account), role["assumeRolePolicy"]);
            Assert.Empty(role.List("managedPolicyArns"));
            Assert.Empty(role.List("inlinePolicies"));
            var policy = Assert.Single(registered.Of(Types.RolePolicy), policy => policy.Name == role.Name);
            Assert.Equal(planned.Policy(Arn), policy["policy"]);
        }
        Assert.Equal(plan.Roles.Count, registered.Of(Types.Role).Count);
        Assert.Equal(plan.Roles.Count, registered.Of(Types.RolePolicy).Count);
        Assert.Equal(
            plan.Hosts.Select(host => host.Role),
            registered.Of(Types.InstanceProfile).Select(profile => (string)profile["role"]!));
    }
}
