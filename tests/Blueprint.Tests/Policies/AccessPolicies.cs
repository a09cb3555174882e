using System.Text.Json;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Policies;

namespace Causeway.Blueprint.Tests.Policies;

public class AccessPolicies
{
    private static void EachStatement(string spread, Action<Plan, Statement> check)
    {
        var plan = Plans.Named(spread);
        Assert.All(plan.Roles.SelectMany(role => role.Statements), statement => check(plan, statement));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_62", "CKV_AWS_63")]
    public void No_permission_names_actions_by_a_wildcard(string spread) =>
        EachStatement(spread, (_, statement) =>
            Assert.All(statement.Actions, action => Assert.Matches("^[a-z0-9]+:[A-Za-z0-9]+$", action)));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_355")]
    public void No_permission_names_resources_by_a_wildcard_without_a_waiver(string spread) => EachStatement(spread, (plan, statement) =>
    {
        var waived = plan.Waivers.Any(waiver => waiver.Subject == statement.Sid && waiver.Rule == Waivers.WildcardResource);
        Assert.Equal(statement.Targets.Any(target => target.IsWildcard), waived);
    });

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void No_permission_names_everything_where_its_actions_know_single_resources(string spread) =>
        EachStatement(spread, (_, statement) =>
        // Actions by a wildcard are another policy's matter.
        Assert.All(statement.Actions.Where(action => !action.EndsWith('*')), action =>
            Assert.Equal(ActionResources.Of(action) is null, statement.Targets.Contains(new Target.Everything()))));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_286", "CKV_AWS_289")]
    public void No_role_may_change_permissions_or_gain_more(string spread) =>
        EachStatement(spread, (_, statement) => Assert.All(statement.Actions, action =>
        Assert.DoesNotContain(action.Split(':')[0], new[] { "iam", "sts", "organizations", "lambda", "cloudformation", "kms" })));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_290")]
    public void Every_permission_to_write_names_its_resources(string spread)
    {
        string[] reads = ["Get", "List", "Describe"];
        EachStatement(spread, (_, statement) => Assert.All(statement.Actions, action => Assert.True(
            reads.Any(read => action.Split(':')[1].StartsWith(read, StringComparison.Ordinal))
                || !statement.Targets.Any(target => target.IsWildcard)
                // Channels of the agent itself; nothing narrower can be said. Instances' reports on themselves go no further than the
                // account's instances.
                || ActionResources.Of(action) is null
                || (ActionResources.Of(action) == "instance" && statement.Targets.All(target => target is Target.OwnInstances)),
            $"{statement.Sid} writes to something unnamed")));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_60", "CKV_AWS_61")]
    public void Each_role_is_assumed_by_one_AWS_service(string spread) => Assert.All(Plans.Named(spread).Roles, role =>
    {
        var statement = Assert.Single(
            JsonDocument.Parse(role.TrustPolicy("123456789012")).RootElement.GetProperty("Statement").EnumerateArray());
        Assert.Equal("sts:AssumeRole", statement.GetProperty("Action").GetString());
        Assert.Equal(["Service"], statement.GetProperty("Principal").EnumerateObject().Select(principal => principal.Name));
        Assert.Matches(@"^[a-z0-9-]+\.amazonaws\.com$", statement.GetProperty("Principal").GetProperty("Service").GetString());
        // A service that works for many accounts does so for this one alone; instances are started by who may pass their role on.
        if (role.Service == "ec2.amazonaws.com") return;
        Assert.Equal(
            "123456789012", statement.GetProperty("Condition").GetProperty("StringEquals").GetProperty("aws:SourceAccount").GetString());
    });

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_287", "CKV_AWS_288")]
    public void Hosts_read_only_their_own_secrets_and_artifacts(string spread) => EachStatement(spread, (plan, statement) =>
    {
        foreach (var action in statement.Actions)
        {
            if (action.StartsWith("secretsmanager:", StringComparison.Ordinal))
                Assert.All(statement.Targets, target =>
                    Assert.Contains(plan.Secrets, secret => target is Target.Secret named && named.Name == secret.Name));
            if (action.StartsWith("s3:", StringComparison.Ordinal))
                Assert.All(statement.Targets, target =>
                    Assert.Contains(plan.Buckets, bucket =>
                        target is Target.Objects objects && objects.Bucket == bucket.Name && objects.Prefix == "artifacts/"));
        }
    });

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Hosts_may_write_no_secret_but_the_certificate(string spread) => EachStatement(spread, (plan, statement) =>
    {
        var writes = statement.Actions.Any(action =>
            action.StartsWith("secretsmanager:", StringComparison.Ordinal) && action != "secretsmanager:GetSecretValue");
        if (writes) Assert.Equal([new Target.Secret(plan.Certificate.Secret!)], statement.Targets);
    });

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Hosts_may_change_no_DNS_record_but_the_challenge(string spread) => EachStatement(spread, (plan, statement) =>
    {
        if (!statement.Actions.Contains("route53:ChangeResourceRecordSets")) return;
        Assert.Equal(
            [
                $"route53:ChangeResourceRecordSetsNormalizedRecordNames=_acme-challenge.{plan.Settings.Domain}",
                "route53:ChangeResourceRecordSetsRecordTypes=TXT",
            ],
            statement.Conditions.Select(condition => $"{condition.Key}={Assert.Single(condition.Values)}"));
        Assert.All(statement.Conditions, condition => Assert.Equal("ForAllValues:StringEquals", condition.Operator));
    });

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Session_Manager_is_allowed_only_if_it_is_set(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Equal(
            plan.Settings.SessionManager,
            plan.Roles.SelectMany(role => role.Statements).SelectMany(statement => statement.Actions).Any(action =>
                action.StartsWith("ssm", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_waiver_is_needed_and_says_why(string spread)
    {
        var plan = Plans.Named(spread);
        var sids = plan.Roles.SelectMany(role => role.Statements).Select(statement => statement.Sid).ToList();
        Assert.Equal(sids.Count, sids.Distinct().Count());
        Assert.All(plan.Waivers, waiver =>
            Assert.True(waiver.Reason.Length > 40 && waiver.Reason.EndsWith('.'), $"{waiver.Subject} does not say why"));
        Assert.All(plan.Waivers.Where(waiver => waiver.Rule == Waivers.WildcardResource), waiver => Assert.Contains(waiver.Subject, sids));
    }
}
