using System.Text;
using Causeway.Blueprint.Sweep;
using Causeway.Tests.Support.Aws.Iam;

namespace Causeway.Blueprint.Tests.Sweep;

public class SweepPolicyTests
{
    private static readonly IamPolicy Policy = IamPolicy.Read(SweepPolicy.Render());

    // The resource in the requests that remove one; EC2's are all alike.
    private static readonly Dictionary<string, string> Arns = new()
    {
        [SweepKinds.Alarm] = "arn:aws:cloudwatch:us-east-1:1:alarm:causeway-dev-eu-central-1-relays",
        [SweepKinds.Topic] = "arn:aws:sns:us-east-1:1:causeway-dev-eu-central-1-alarms",
        [SweepKinds.Secret] = "arn:aws:secretsmanager:eu-central-1:1:secret:causeway/dev/turn-AbCdEf",
        [SweepKinds.LogGroup] = "arn:aws:logs:eu-central-1:1:log-group:/causeway/dev/refused-traffic",
        [SweepKinds.InstanceProfile] = "arn:aws:iam::1:instance-profile/causeway-dev-eu-central-1-host",
        [SweepKinds.Role] = "arn:aws:iam::1:role/causeway-dev-eu-central-1-host",
    };

    private static (string, string)[] Tags(string stage, string project = "causeway") =>
        [("aws:ResourceTag/causeway:project", project), ("aws:ResourceTag/causeway:stage", stage)];

    public static TheoryData<string> Kinds => [.. SweepKinds.All.Select(kind => kind.Name)];

    [Fact]
    public void Docs_sweeper_md_has_the_policy_of_the_code() => Generated.IsFresh("docs/sweeper.md", Document());

    // Of 6,144 characters without spaces (IAM user guide, IAM and STS quotas). Inline policies may have more.
    [Fact]
    public void The_policy_fits_into_a_managed_policy() =>
        Assert.InRange(SweepPolicy.Render().Count(letter => !char.IsWhiteSpace(letter)), 1, 6_144);

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_may_be_found_wherever_it_is(string kind) =>
        Assert.All(SweepKinds.Of(kind).Finds, action => Assert.True(Policy.Allows(action, "*"), action));

    /// <summary>Where IAM supports their tags.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void A_demos_resources_may_be_removed_but_not_a_production_stacks_or_foreign_ones(string kind)
    {
        if (kind is SweepKinds.Bucket or SweepKinds.Record or SweepKinds.HealthCheck) return;
        var arn = Arns.GetValueOrDefault(kind, "arn:aws:ec2:eu-central-1:1:any/x-1");
        Assert.All(SweepKinds.Of(kind).Removes, action =>
        {
            Assert.True(Policy.Allows(action, arn, Tags("demo")), action);
            Assert.False(Policy.Allows(action, arn, Tags("production")), action);
            Assert.False(Policy.Allows(action, arn, Tags("demo", "other")), action);
            Assert.False(Policy.Allows(action, arn), action);
            if (!Arns.ContainsKey(kind)) return;
            var foreign = arn.Replace("causeway", "other", StringComparison.Ordinal);
            Assert.False(Policy.Allows(action, foreign, Tags("demo")), action);
        });
    }

    [Fact]
    public void Only_buckets_with_our_names_may_be_removed() => Assert.All(SweepKinds.Of(SweepKinds.Bucket).Removes, action =>
    {
        var path = action.Contains("Object", StringComparison.Ordinal) ? "/key/of/object" : "";
        Assert.True(Policy.Allows(action, $"arn:aws:s3:::causeway-dev-0123456789{path}"), action);
        Assert.False(Policy.Allows(action, $"arn:aws:s3:::other{path}"), action);
    });

    [Fact]
    public void Only_address_records_may_be_removed_and_none_created()
    {
        Assert.True(Allowed("DELETE", "A"));
        Assert.True(Allowed("DELETE", "AAAA"));
        Assert.False(Allowed("UPSERT", "A"));
        Assert.False(Allowed("CREATE", "A"));
        Assert.False(Allowed("DELETE", "MX"));

        bool Allowed(string action, string type) => Policy.Allows(
            "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1",
            ("route53:ChangeResourceRecordSetsActions", action), ("route53:ChangeResourceRecordSetsRecordTypes", type));
    }

    [Fact]
    public void All_rights_to_look_are_one_statement_that_changes_nothing()
    {
        var look = Assert.Single(SweepPolicy.Statements, statement => !statement.Sid.StartsWith("Remove", StringComparison.Ordinal));
        Assert.Equal(SweepPolicy.Look, look.Sid);
        Assert.All(look.Actions, action => Assert.Matches(":(Describe|Get|List)", action));
    }

    [Fact]
    public void Only_the_right_to_delete_health_checks_is_not_narrowed()
    {
        var open = SweepPolicy.Statements.Where(statement =>
            statement.Sid != SweepPolicy.Look
            && statement.Conditions.Count == 0
            && !statement.Resources.Any(arn => arn.Contains("causeway", StringComparison.Ordinal)));
        Assert.Equal(["route53:DeleteHealthCheck"], open.SelectMany(statement => statement.Actions));
    }

    private static string Document()
    {
        var text = new StringBuilder("""
            # The rights of a role that runs `ops sweep`

            The rights to find stacks in an account and to remove demos. `ops sweep --policy` prints them. They don't depend on a stack,
            region or account, so one role sweeps every demo of its account. Give them to a role that does nothing else:

            ```
            ops sweep --policy > sweeper.json
            aws iam put-role-policy --role-name sweeper --policy-name sweep --policy-document file://sweeper.json
            ```

            The statement `Look` is enough for the dry run and for `ops list`; remove the statements that begin with `Remove` if nothing
            should be deleted. The policy is made from the table of kinds that the sweep uses, and a test compares it with the calls of a
            sweep. Where IAM supports tags it requires `causeway:project=causeway` and `causeway:stage=demo`. The exceptions:

            | statement | applies to | because |
            | --- | --- | --- |
            | `Look` | everything of these kinds | tags must be read to find the project's resources |
            | `RemoveBuckets` | buckets that begin with `causeway-`, also of production | IAM supports tags only on buckets that enable it |
            | `RemoveRecords` | deleting A and AAAA records in every hosted zone | zones' ids and demos' domains are unknown |
            | `RemoveHealthChecks` | health checks of the account | IAM supports neither their names nor their tags |

            There only the sweep's own rules protect a production stack: it reads the tags again right before it removes something, and
            removes nothing whose tags it can't read. In an account with production stacks, add a statement that denies access to their
            bucket (`"Effect": "Deny"`, `"Action": "s3:*"`, `"Resource": "arn:aws:s3:::causeway-NAME-*"`), or use another account for
            demos.

            This page is made from the code; a test keeps it so.

            ## The policy

            ```json

            """);
        text.Append(SweepPolicy.Render()).Append("\n```\n");
        return text.ToString();
    }
}
