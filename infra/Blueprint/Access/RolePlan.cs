using System.Text.Json;
using Causeway.Blueprint.Services;

namespace Causeway.Blueprint.Access;

/// <summary>An IAM role.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Service">The AWS service that may take it on.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Statements">What it may do; nothing else.</param>
public sealed record RolePlan(string Name, string Service, string Description, IReadOnlyList<Statement> Statements)
{
    /// <summary>The policy document that lets the service take the role on.</summary>
    public string TrustPolicy() => PolicyDocument.Render(
        [new Dictionary<string, object> { ["Effect"] = "Allow", ["Principal"] = new Dictionary<string, object> { ["Service"] = Service }, ["Action"] = "sts:AssumeRole" }]);

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
    public sealed record HostedZone : Target;

    /// <summary>A log group and the streams in it.</summary>
    public sealed record LogStreams(string LogGroup) : Target;

    /// <summary>An ARN that is known beforehand, or <c>*</c> where the waiver says why.</summary>
    public sealed record Known(string Arn) : Target;
}

internal static class PolicyDocument
{
    public static string Render(IEnumerable<Dictionary<string, object>> statements) =>
        JsonSerializer.Serialize(new Dictionary<string, object> { ["Version"] = "2012-10-17", ["Statement"] = statements.ToList() }, SettingsJson.Verbatim);
}
