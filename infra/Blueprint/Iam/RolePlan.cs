using System.Text.Json;
using Causeway.Blueprint.Services;

namespace Causeway.Blueprint.Iam;

/// <summary>An IAM role.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Service">The AWS service that may take it on.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Statements">What it may do; nothing else.</param>
public sealed record RolePlan(string Name, string Service, string Description, IReadOnlyList<Statement> Statements)
{
    /// <summary>
    /// Whether the service takes it on only for resources of the role's own account, which keeps others from using the service as their deputy. Instances
    /// need none: who starts one with a role must be allowed to pass that role on.
    /// </summary>
    public bool ForOwnAccount { get; init; }

    /// <summary>The policy document that lets the service take the role on.</summary>
    /// <param name="account">The number of the account that the role stands in.</param>
    public string TrustPolicy(string account)
    {
        var statement = new Dictionary<string, object> { ["Effect"] = "Allow", ["Principal"] = new Dictionary<string, object> { ["Service"] = Service }, ["Action"] = "sts:AssumeRole" };
        if (ForOwnAccount) statement["Condition"] = new Dictionary<string, object> { ["StringEquals"] = new Dictionary<string, string> { ["aws:SourceAccount"] = account } };
        return PolicyDocument.Render([statement]);
    }

    /// <summary>The policy document of the statements.</summary>
    /// <param name="arn">The ARN of what a statement names; several for a target of several resources.</param>
    public string Policy(Func<Target, string> arn) => PolicyDocument.Render(Statements.Select(statement => statement.ToDocument(arn)));
}

/// <summary>One permission.</summary>
/// <param name="Sid">Its name: letters and digits.</param>
/// <param name="Actions">What may be done.</param>
/// <param name="Targets">To what.</param>
public sealed record Statement(string Sid, IReadOnlyList<string> Actions, IReadOnlyList<Target> Targets)
{
    /// <summary>What must hold besides.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    internal Dictionary<string, object> ToDocument(Func<Target, string> arn)
    {
        var document = new Dictionary<string, object>
        {
            ["Sid"] = Sid,
            ["Effect"] = "Allow",
            ["Action"] = Actions,
            ["Resource"] = Targets.Select(arn).ToList(),
        };
        if (Conditions.Count > 0)
        {
            document["Condition"] = Conditions
                .GroupBy(condition => condition.Operator)
                .ToDictionary(same => same.Key, same => same.ToDictionary(condition => condition.Key, condition => condition.Values));
        }
        return document;
    }
}

/// <summary>What must hold for a permission (IAM condition).</summary>
/// <param name="Operator">How it is compared.</param>
/// <param name="Key">What is compared.</param>
/// <param name="Values">With what.</param>
public sealed record Condition(string Operator, string Key, IReadOnlyList<string> Values);

/// <summary>What a permission is about. The plan names it; its ARN is known when it exists.</summary>
public abstract record Target
{
    /// <summary>The objects of a bucket below a prefix.</summary>
    public sealed record Objects(string Bucket, string Prefix) : Target;

    /// <summary>A secret.</summary>
    public sealed record Secret(string Name) : Target;

    /// <summary>The hosted zone of the stack's domain.</summary>
    public sealed record HostedZone(string Name) : Target;

    /// <summary>A log group and the streams in it.</summary>
    public sealed record LogStreams(string LogGroup) : Target;

    /// <summary>Every log group of the account in the stack's region: which there are is asked of all of them at once.</summary>
    public sealed record OwnLogGroups : Target;

    /// <summary>Every instance of the account in the stack's region: an instance's own id is not known when its role is made.</summary>
    public sealed record OwnInstances : Target;

    /// <summary>Every change of DNS records: Route 53 makes up an id for each.</summary>
    public sealed record DnsChanges : Target;

    /// <summary>Everything, for actions that know no single resources.</summary>
    public sealed record Everything : Target;

    /// <summary>Its ARN, where it follows from names; null where AWS makes part of it up.</summary>
    /// <param name="region">The stack's region.</param>
    /// <param name="account">The account's number.</param>
    public string? Arn(string region, string account) => this switch
    {
        Objects objects => $"arn:aws:s3:::{objects.Bucket}/{objects.Prefix}*",
        LogStreams logs => $"arn:aws:logs:{region}:{account}:log-group:{logs.LogGroup}:*",
        OwnLogGroups => $"arn:aws:logs:{region}:{account}:log-group:*",
        OwnInstances => $"arn:aws:ec2:{region}:{account}:instance/*",
        DnsChanges => "arn:aws:route53:::change/*",
        Everything => "*",
        _ => null,
    };

    /// <summary>Whether it stands for things that the stack does not name, so that a waiver must say why.</summary>
    public bool IsWildcard => this is OwnLogGroups or OwnInstances or DnsChanges or Everything;
}

/// <summary>A policy in the form that AWS reads.</summary>
public static class PolicyDocument
{
    /// <summary>The policy of some statements.</summary>
    public static string Render(IEnumerable<Dictionary<string, object>> statements) =>
        JsonSerializer.Serialize(new Dictionary<string, object> { ["Version"] = "2012-10-17", ["Statement"] = statements.ToList() }, SettingsJson.Verbatim);
}
