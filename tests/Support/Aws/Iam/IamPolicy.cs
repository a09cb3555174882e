using System.Text.Json;
using System.Text.RegularExpressions;

namespace Causeway.Tests.Support.Aws.Iam;

/// <summary>
/// A policy document as IAM reads it: what its statements allow. It knows the operators that ours use, and fails on others.
/// </summary>
public sealed class IamPolicy
{
    private sealed record Granted(
        IReadOnlyList<string> Actions, IReadOnlyList<string> Resources,
            IReadOnlyList<(string Operator, string Key, IReadOnlyList<string> Values)> Conditions);

    private readonly IReadOnlyList<Granted> _statements;

    private IamPolicy(IReadOnlyList<Granted> statements) => _statements = statements;

    /// <summary>Reads its JSON.</summary>
    public static IamPolicy Read(string json) => new(
    [
        .. JsonDocument.Parse(json).RootElement.GetProperty("Statement").EnumerateArray().Select(statement => new Granted(
            Texts(statement.GetProperty("Action")),
            Texts(statement.GetProperty("Resource")),
            statement.TryGetProperty("Condition", out var conditions)
                ? [.. conditions.EnumerateObject()
                    .SelectMany(same => same.Value.EnumerateObject().Select(one => (same.Name, one.Name, Texts(one.Value))))]
                : [])),
    ]);

    /// <summary>Every action that some statement allows.</summary>
    public IReadOnlySet<string> Actions => _statements.SelectMany(statement => statement.Actions).ToHashSet();

    /// <summary>Whether an action is allowed on a resource.</summary>
    /// <param name="action">The action, as <c>ec2:DeleteVpc</c>.</param>
    /// <param name="arn">The resource's ARN; <c>*</c> for actions that know none.</param>
    /// <param name="context">The condition keys of the request with their values.</param>
    public bool Allows(string action, string arn, params IReadOnlyList<(string Key, string Value)> context) => _statements.Any(statement =>
        statement.Actions.Contains(action)
        && statement.Resources.Any(pattern => Like(pattern, arn))
        && statement.Conditions.All(condition => Holds(condition, context)));

    private static IReadOnlyList<string> Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    // IAM user guide, "IAM JSON policy elements: condition operators".
    private static bool Holds(
        (string Operator, string Key, IReadOnlyList<string> Values) condition, IReadOnlyList<(string Key, string Value)> context)
    {
        string[] given = [.. context.Where(one => one.Key == condition.Key).Select(one => one.Value)];
        return condition.Operator switch
        {
            "StringEquals" => given.Length > 0 && given.All(condition.Values.Contains),
            "StringEqualsIfExists" => given.All(condition.Values.Contains),
            "Null" => (given.Length == 0) == (condition.Values[0] == "true"),
            "ForAllValues:StringEquals" => given.All(condition.Values.Contains),
            "ForAllValues:StringLike" => given.All(text => condition.Values.Any(pattern => Like(pattern, text))),
            _ => throw new InvalidOperationException($"this reader does not know the operator {condition.Operator}"),
        };
    }

    private static bool Like(string pattern, string text) =>
        Regex.IsMatch(text,
            $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$");
}
