using System.Text.Json;
using Causeway.Blueprint.Services;

namespace Causeway.Blueprint.Iam;

/// <summary>One statement of a policy that a person gives to a role of their own; it allows.</summary>
/// <param name="Sid">Its name: letters and digits.</param>
/// <param name="Actions">What may be done.</param>
/// <param name="Resources">To what: ARNs, or patterns of them.</param>
/// <param name="Conditions">What must hold besides.</param>
public sealed record PolicyStatement(
    string Sid, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources, IReadOnlyList<Condition> Conditions)
{
    private static readonly JsonSerializerOptions Readable = new(SettingsJson.Verbatim) { WriteIndented = true };

    /// <summary>The policy as JSON, for <c>aws iam put-role-policy</c>.</summary>
    public static string Render(IEnumerable<PolicyStatement> statements) => JsonSerializer.Serialize(
        new Dictionary<string, object> { ["Version"] = "2012-10-17", ["Statement"] = statements.Select(one => one.Document()).ToList() }, Readable);

    private Dictionary<string, object> Document()
    {
        var document = new Dictionary<string, object> { ["Sid"] = Sid, ["Effect"] = "Allow", ["Action"] = Actions, ["Resource"] = Resources };
        if (Conditions.Count > 0)
        {
            document["Condition"] = Conditions
                .GroupBy(condition => condition.Operator)
                .ToDictionary(same => same.Key, same => same.ToDictionary(condition => condition.Key, condition => condition.Values));
        }
        return document;
    }
}
