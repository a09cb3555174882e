using System.Text.Json;
using Causeway.Blueprint.Formats;

namespace Causeway.Blueprint.Iam;

/// <summary>A statement of a policy that allows actions on resources.</summary>
/// <param name="Sid">The name: letters and digits.</param>
/// <param name="Resources">ARNs, or patterns of them.</param>
public sealed record PolicyStatement(
    string Sid, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources, IReadOnlyList<Condition> Conditions)
{
    /// <summary>The policy as JSON for people, for <c>aws iam put-role-policy</c>.</summary>
    public static string Render(IEnumerable<PolicyStatement> statements) =>
        PolicyDocument.Render(statements.Select(statement => statement.ToDocument()), JsonFormat.VerbatimIndented);

    internal object ToDocument() => new
    {
        Sid,
        Effect = "Allow",
        Action = Actions,
        Resource = Resources,
        Condition = Conditions.Count == 0 ? null : Conditions
            .GroupBy(condition => condition.Operator)
            .ToDictionary(same => same.Key, same => same.ToDictionary(condition => condition.Key, condition => condition.Values)),
    };
}

/// <summary>An IAM condition.</summary>
/// <param name="Operator">How the values are compared, like <c>StringEquals</c>.</param>
public sealed record Condition(string Operator, string Key, IReadOnlyList<string> Values);

/// <summary>A policy as AWS reads it.</summary>
public static class PolicyDocument
{
    /// <summary>The policy as JSON.</summary>
    /// <param name="statements">The statements by IAM's own keys.</param>
    /// <param name="format">The form. Defaults to one line.</param>
    public static string Render(IEnumerable<object> statements, JsonSerializerOptions? format = null) =>
        JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements }, format ?? JsonFormat.Verbatim);
}
