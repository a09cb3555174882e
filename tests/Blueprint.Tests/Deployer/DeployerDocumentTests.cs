using System.Text;
using System.Text.Json;
using Causeway.Blueprint.Deployer;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Sweep;
using Causeway.Tests.Support.Aws.Iam;
using CsCheck;

namespace Causeway.Blueprint.Tests.Deployer;

public class DeployerDocumentTests
{
    [Fact]
    public void Docs_deployer_md_has_the_policy_of_the_code() => Generated.IsFresh("docs/deployer.md", Render());

    [Fact]
    public void The_policy_of_any_settings_fits_into_a_role()
    {
        var limit = AwsLimits.Of("IAM role policy", "policy")!;
        AnySettings.Plan.Sample(
            plan => Assert.InRange(PlanLimits.Count(limit.Unit, DeployerPolicy.Render(plan)), 1, limit.Most), iter: 50);
    }

    [Theory, EveryPlan]
    public void Only_what_the_document_lists_may_be_written_without_a_name_or_a_tag(Plan plan)
    {
        string[] reads = ["Describe", "Get", "List"];
        var writes = DeployerPolicy.Statements(plan)
            .Where(statement => statement.Conditions.Count == 0
                && statement.Resources.Any(arn => arn.EndsWith("/*", StringComparison.Ordinal) || arn == "*")
                && statement.Sid != nameof(DeployerScope.Objects))
            .SelectMany(statement => statement.Actions)
            .Where(action => action.Split(':') is [not ("iam" or "secretsmanager"), var call]
                && !reads.Any(read => call.StartsWith(read, StringComparison.Ordinal)));
        Assert.Equal(
            [
                "ec2:RunInstances", "route53:ChangeTagsForResource", "route53:CreateHealthCheck", "route53:DeleteHealthCheck",
                "route53:UpdateHealthCheck", "tag:TagResources",
            ],
            writes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_stack_without_a_domain_needs_no_rights_on_DNS()
    {
        var actions = DeployerPolicy.Statements(Plans.All["demo without a domain"]).SelectMany(statement => statement.Actions);
        Assert.All(actions, action => Assert.DoesNotMatch("RecordSet|HostedZone", action));
    }

    [Fact]
    public void The_policy_is_JSON_with_names_that_IAM_accepts()
    {
        using var policy = JsonDocument.Parse(DeployerPolicy.Render(Plans.Of()));
        var statements = policy.RootElement.GetProperty("Statement").EnumerateArray().ToList();
        Assert.Distinct(statements.Select(statement => statement.GetProperty("Sid").GetString()));
        Assert.All(statements, statement => Assert.Matches("^[A-Za-z0-9]+$", statement.GetProperty("Sid").GetString()));
        Assert.All(
            statements.SelectMany(statement => statement.GetProperty("Action").EnumerateArray()),
            action => Assert.Matches("^[a-z0-9]+:[A-Za-z0-9]+$", action.GetString()));
    }

    /// <summary>Who may deploy a stack may also run <c>ops list</c> and <c>ops extend</c> for it.</summary>
    [Fact]
    public void The_policy_allows_finding_a_stack_by_its_tags_and_changing_them()
    {
        var plan = Plans.Of();
        var (policy, region) = (IamPolicy.Read(DeployerPolicy.Render(plan)), plan.Settings.Region);
        (string, string)[] own = [("aws:ResourceTag/causeway:stack", "dev")];
        string[] arns =
        [
            "*",
            $"arn:aws:cloudwatch:{region}:1:alarm:{plan.Prefix}-x",
            $"arn:aws:sns:us-east-1:1:{plan.Watch.Topics[0].Name}",
            $"arn:aws:secretsmanager:{region}:1:secret:{plan.Secrets[0].Name}-AbCdEf",
            $"arn:aws:logs:{region}:1:log-group:{plan.Network.FlowLog.LogGroup}",
            $"arn:aws:iam::1:role/{plan.Roles[0].Name}",
            $"arn:aws:iam::1:instance-profile/{plan.Roles[0].Name}",
            $"arn:aws:s3:::{plan.Buckets[0].Name}",
            "arn:aws:route53:::hostedzone/Z1",
            "arn:aws:route53:::healthcheck/1",
            $"arn:aws:ec2:{region}:1:any/x-1",
        ];
        string[] tagging =
        [
            "ec2:CreateTags", "iam:TagRole", "iam:TagInstanceProfile", "tag:TagResources", "cloudwatch:TagResource", "sns:TagResource",
            "secretsmanager:TagResource", "logs:TagResource", "s3:PutBucketTagging", "route53:ChangeTagsForResource",
        ];
        Assert.All(SweepKinds.All.SelectMany(kind => kind.Finds).Concat(tagging).Distinct(), action =>
            Assert.True(arns.Any(arn => policy.Allows(action, arn, own)), action));
    }

    private static string Render()
    {
        var text = new StringBuilder("""
            # The rights to run `pulumi up`

            The rights to create, update and remove a stack, and nothing else. `ops plan STACK --policy` prints them for a stack's
            settings. Give them to a role as an inline policy:

            ```
            ops plan dev --policy > deployer.json
            aws iam put-role-policy --role-name deploy --policy-name causeway-dev --policy-document file://deployer.json
            ```

            The policy is made from the plan's resources, so settings may change it: a stack without a domain needs no right on records.
            While `domain` changes, the role needs the policies of both settings. Names and the tag `causeway:stack` limit it to one stack
            where AWS supports that. The exceptions:

            | statement | applies to | because |
            | --- | --- | --- |
            | `Anything` | look-ups, and creating health checks | these actions have no resource-level permissions |
            | `Anything`: `tag:TagResources` | the tagging API, for `ops extend` | it also requires the right of the service's own call |
            | `DefaultGroup` | untagged security groups | AWS creates a VPC's default group without tags; the program adds them |
            | `Interface` | network interfaces of a new instance | IAM supports no tags there; instance and subnet need them |
            | `HealthCheck` | health checks of the account | IAM supports neither their names nor their tags |
            | `Zone`, `Change`, `Records` | hosted zones of the account | unknown ids; only records of the stack's names may change |
            | `AlarmRole` | CloudWatch's own role for alarms that act on instances | the account's first such alarm creates it |

            A preview only needs the actions that begin with `Describe`, `Get` and `List`. This page is generated, and a test keeps it
            current.

            ## Of a stack `dev` with a domain, in eu-central-1

            ```json

            """);
        text.Append(DeployerPolicy.Render(Plans.Of())).Append("\n```\n");
        return text.ToString();
    }
}
