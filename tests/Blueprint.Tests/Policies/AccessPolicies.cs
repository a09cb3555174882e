using System.Text.Json;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Policies;

namespace Causeway.Blueprint.Tests.Policies;

public class AccessPolicies
{
    private const string Account = "123456789012";

    private static IEnumerable<Statement> Statements(Plan plan) => plan.Roles.SelectMany(role => role.Statements);

    [Theory, EveryPlan, Policy("CKV_AWS_62", "CKV_AWS_63")]
    public void No_permission_names_actions_by_a_wildcard(Plan plan) =>
        Assert.All(
            Statements(plan).SelectMany(statement => statement.Actions),
            action => Assert.Matches("^[a-z0-9]+:[A-Za-z0-9]+$", action));

    [Theory, EveryPlan, Policy("CKV_AWS_355")]
    public void No_permission_names_resources_by_a_wildcard_without_a_waiver(Plan plan) => Assert.All(Statements(plan), statement =>
    {
        var waived = plan.Waivers.Any(waiver => waiver.Subject == statement.Sid && waiver.Rule == Waivers.WildcardResource);
        Assert.Equal(statement.Targets.Any(target => target.IsWildcard), waived);
    });

    [Theory, EveryPlan, Policy]
    public void No_permission_is_for_everything_if_its_actions_support_single_resources(Plan plan) =>
        Assert.All(Statements(plan), statement =>
        {
            // Another policy judges actions with a wildcard.
            var actions = statement.Actions.Where(action => !action.EndsWith('*'));
            var everything = statement.Targets.Contains(new Target.Everything());
            Assert.All(actions, action => Assert.Equal(ActionResources.Of(action) is null, everything));
        });

    [Theory, EveryPlan, Policy("CKV_AWS_286", "CKV_AWS_289")]
    public void No_role_may_change_permissions_or_gain_more(Plan plan)
    {
        string[] services = ["iam", "sts", "organizations", "lambda", "cloudformation", "kms"];
        Assert.All(
            Statements(plan).SelectMany(statement => statement.Actions),
            action => Assert.DoesNotContain(action.Split(':')[0], services));
    }

    [Theory, EveryPlan, Policy("CKV_AWS_290")]
    public void Every_permission_to_write_names_its_resources(Plan plan)
    {
        Assert.All(Statements(plan), statement => Assert.All(statement.Actions, action =>
            Assert.True(IsRead(action) || IsNarrow(statement, action), $"{statement.Sid} writes to something unnamed")));

        static bool IsRead(string action) =>
            new[] { "Get", "List", "Describe" }.Any(read => action.Split(':')[1].StartsWith(read, StringComparison.Ordinal));

        // The agent's own channels can't be narrowed; its reports are limited to the account's instances.
        static bool IsNarrow(Statement statement, string action) =>
            !statement.Targets.Any(target => target.IsWildcard)
            || ActionResources.Of(action) is null
            || (ActionResources.Of(action) == "instance" && statement.Targets.All(target => target is Target.OwnInstances));
    }

    [Theory, EveryPlan, Policy("CKV_AWS_60", "CKV_AWS_61")]
    public void Each_role_can_be_assumed_by_one_AWS_service(Plan plan) => Assert.All(plan.Roles, role =>
    {
        using var policy = JsonDocument.Parse(role.TrustPolicy(Account));
        var statement = Assert.Single(policy.RootElement.GetProperty("Statement").EnumerateArray());
        Assert.Equal("sts:AssumeRole", statement.GetProperty("Action").GetString());
        var principal = Assert.Single(statement.GetProperty("Principal").EnumerateObject());
        Assert.Equal("Service", principal.Name);
        Assert.Matches(@"^[a-z0-9-]+\.amazonaws\.com$", principal.Value.GetString());
        // A service that works for many accounts must do so for this one only. EC2 needs no such condition: it gets a role only from
        // someone who may pass it.
        if (role.Service == "ec2.amazonaws.com") return;
        var condition = statement.GetProperty("Condition").GetProperty("StringEquals");
        Assert.Equal(Account, condition.GetProperty("aws:SourceAccount").GetString());
    });

    [Theory, EveryPlan, Policy("CKV_AWS_287", "CKV_AWS_288")]
    public void Hosts_read_only_their_own_secrets_and_artifacts(Plan plan)
    {
        Assert.All(Targets("secretsmanager:"), target =>
            Assert.Contains(plan.Secrets, secret => target is Target.Secret named && named.Name == secret.Name));
        Assert.All(Targets("s3:"), target =>
            Assert.Contains(plan.Buckets, bucket => target == new Target.Objects(bucket.Name, "artifacts/")));

        IEnumerable<Target> Targets(string service) => Statements(plan)
            .Where(statement => statement.Actions.Any(action => action.StartsWith(service, StringComparison.Ordinal)))
            .SelectMany(statement => statement.Targets);
    }

    [Theory, EveryPlan, Policy]
    public void Hosts_may_write_no_secret_but_the_certificate(Plan plan) => Assert.All(Statements(plan), statement =>
    {
        var writes = statement.Actions.Any(action =>
            action.StartsWith("secretsmanager:", StringComparison.Ordinal) && action != "secretsmanager:GetSecretValue");
        if (writes) Assert.Equal([new Target.Secret(plan.Certificate.Secret!)], statement.Targets);
    });

    [Theory, EveryPlan, Policy]
    public void Hosts_may_change_no_DNS_record_but_the_challenge(Plan plan)
    {
        var changes = Statements(plan).Where(statement => statement.Actions.Contains("route53:ChangeResourceRecordSets"));
        Assert.All(changes, statement =>
        {
            Assert.Equal(
                [
                    $"route53:ChangeResourceRecordSetsNormalizedRecordNames=_acme-challenge.{plan.Settings.Domain}",
                    "route53:ChangeResourceRecordSetsRecordTypes=TXT",
                ],
                statement.Conditions.Select(condition => $"{condition.Key}={Assert.Single(condition.Values)}"));
            Assert.All(statement.Conditions, condition => Assert.Equal("ForAllValues:StringEquals", condition.Operator));
        });
    }

    [Theory, EveryPlan, Policy]
    public void Session_Manager_is_allowed_only_if_it_is_set(Plan plan)
    {
        var actions = Statements(plan).SelectMany(statement => statement.Actions);
        Assert.Equal(plan.Settings.SessionManager, actions.Any(action => action.StartsWith("ssm", StringComparison.Ordinal)));
    }

    [Theory, EveryPlan, Policy]
    public void Every_waiver_is_needed_and_says_why(Plan plan)
    {
        var sids = Statements(plan).Select(statement => statement.Sid).ToList();
        Assert.Distinct(sids);
        Assert.All(plan.Waivers, waiver => Assert.Matches(@"^.{40,}\.$", waiver.Reason));
        Assert.All(plan.Waivers.Where(waiver => waiver.Rule == Waivers.WildcardResource), waiver => Assert.Contains(waiver.Subject, sids));
    }
}
