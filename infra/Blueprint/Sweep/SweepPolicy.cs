using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Naming;

namespace Causeway.Blueprint.Sweep;

/// <summary>
/// The rights of a role that runs <c>ops sweep</c>, made from <see cref="SweepKinds"/>: to read everything, and to remove what has the
/// project's tag and the stage <c>demo</c>. Where IAM doesn't support tags, the plan's names limit the rights; where it supports neither,
/// only the sweep's own check of the tags does.
/// </summary>
public static class SweepPolicy
{
    /// <summary>The statement that the dry run and <c>ops list</c> need. The names of the others begin with <c>Remove</c>.</summary>
    public const string Look = "Look";

    private const string InEc2 = "RemoveInEc2";
    private const string ByNameAndTag = "RemoveByNameAndTag";
    private const string Buckets = "RemoveBuckets";
    private const string Records = "RemoveRecords";
    private const string HealthChecks = "RemoveHealthChecks";

    private static readonly IReadOnlyList<Condition> Demo =
    [
        new("StringEquals", $"aws:ResourceTag/{StackTags.ProjectTag}", [StackTags.ProjectName]),
        new("StringEquals", $"aws:ResourceTag/{StackTags.StageTag}", [StackTags.Demo]),
    ];

    // The plan's names, of any stack. IAM supports tags of buckets only if a bucket enables it.
    private static readonly Dictionary<string, (string Sid, string[] Resources)> Scopes = new()
    {
        [SweepKinds.Alarm] = (ByNameAndTag, ["arn:aws:cloudwatch:*:*:alarm:causeway-*"]),
        [SweepKinds.Topic] = (ByNameAndTag, ["arn:aws:sns:*:*:causeway-*"]),
        [SweepKinds.Secret] = (ByNameAndTag, ["arn:aws:secretsmanager:*:*:secret:causeway/*"]),
        // Some calls name a log group with its streams, others without.
        [SweepKinds.LogGroup] = (ByNameAndTag, ["arn:aws:logs:*:*:log-group:/causeway/*"]),
        [SweepKinds.InstanceProfile] = (ByNameAndTag, ["arn:aws:iam::*:instance-profile/causeway-*"]),
        [SweepKinds.Role] = (ByNameAndTag, ["arn:aws:iam::*:role/causeway-*"]),
        [SweepKinds.Bucket] = (Buckets, ["arn:aws:s3:::causeway-*", "arn:aws:s3:::causeway-*/*"]),
        [SweepKinds.Record] = (Records, ["arn:aws:route53:::hostedzone/*"]),
        [SweepKinds.HealthCheck] = (HealthChecks, ["arn:aws:route53:::healthcheck/*"]),
    };

    public static IReadOnlyList<PolicyStatement> Statements { get; } =
    [
        new(Look, Sorted(SweepKinds.All.SelectMany(kind => kind.Finds).Append("sts:GetCallerIdentity")), ["*"], []),
        .. SweepKinds.All
            .GroupBy(kind => Scope(kind).Sid)
            .OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => new PolicyStatement(
                same.Key,
                Sorted(same.SelectMany(kind => kind.Removes)),
                Sorted(same.SelectMany(kind => Scope(kind).Resources)),
                Conditions(same.Key))),
    ];

    public static string Render() => PolicyStatement.Render(Statements);

    private static (string Sid, string[] Resources) Scope(SweepKind kind)
    {
        if (Scopes.TryGetValue(kind.Name, out var scope)) return scope;
        return kind.Removes.All(action => action.StartsWith("ec2:", StringComparison.Ordinal))
            ? (InEc2, ["arn:aws:ec2:*:*:*/*"])
            : throw new InvalidOperationException($"{kind.Name} has no statement in the sweep's policy");
    }

    private static IReadOnlyList<Condition> Conditions(string sid) => sid switch
    {
        InEc2 or ByNameAndTag => Demo,
        // The domains of demos are unknown, so this allows deleting address records of any name, but no other change.
        Records =>
        [
            new("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsActions", ["DELETE"]),
            new("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", ["A", "AAAA"]),
        ],
        _ => [],
    };

    private static IReadOnlyList<string> Sorted(IEnumerable<string> texts) => [.. texts.Distinct().Order(StringComparer.Ordinal)];
}
