using System.Text.Json;
using Causeway.Blueprint.Formats;

namespace Causeway.Blueprint.Iam;

/// <summary>A statement of a policy that allows actions on resources.</summary>
/// <param name="Sid">The name: letters and digits.</param>
/// <param name="Actions">What is allowed.</param>
/// <param name="Resources">ARNs, or patterns of them.</param>
/// <param name="Conditions">When it is allowed.</param>
public sealed record PolicyStatement(
    string Sid, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources, IReadOnlyList<Condition> Conditions)
{
    /// <summary>The policy as JSON for people, for <c>aws iam put-role-policy</c>.</summary>
    public static string Render(IEnumerable<PolicyStatement> statements) =>
        PolicyDocument.Render(statements.Select(statement => statement.ToDocument()), JsonFormat.VerbatimIndented);

    internal Dictionary<string, object> ToDocument()
    {
        var document = new Dictionary<string, object>
        {
            ["Sid"] = Sid,
            ["Effect"] = "Allow",
            ["Action"] = Actions,
            ["Resource"] =
            Resources
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

/// <summary>An IAM condition.</summary>
/// <param name="Operator">How the values are compared, like <c>StringEquals</c>.</param>
/// <param name="Key">What is compared.</param>
/// <param name="Values">What it is compared with.</param>
public sealed record Condition(string Operator, string Key, IReadOnlyList<string> Values);

/// <summary>A policy as AWS reads it.</summary>
public static class PolicyDocument
{
    /// <summary>The policy as JSON.</summary>
    /// <param name="statements">The statements by IAM's own keys.</param>
    /// <param name="format">The form. Defaults to one line.</param>
    public static string Render(IEnumerable<Dictionary<string, object>> statements, JsonSerializerOptions? format = null) =>
        JsonSerializer.Serialize(
        new Dictionary<string, object> { ["Version"] = "2012-10-17", ["Statement"] = statements.ToList() }, format ?? JsonFormat.Verbatim);
}
