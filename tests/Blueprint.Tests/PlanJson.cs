using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests;

/// <summary>A whole plan as JSON, secrets included: every public property, by its type at run time.</summary>
internal static class PlanJson
{
    public static string Of(Plan plan) => Node(plan)!.ToJsonString();

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => text,
        byte[] bytes => Convert.ToBase64String(bytes),
        SecretText secret => secret.Reveal(),
        RootSecret secret => Convert.ToBase64String(secret.Bytes),
        Uri url => url.AbsoluteUri,
        // Numbers, days, prefixes, ports.
        IFormattable plain => plain.ToString(null, CultureInfo.InvariantCulture),
        bool yes => yes,
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
        _ => Properties(value),
    };

    private static JsonObject Properties(object value)
    {
        var node = new JsonObject { ["$type"] = value.GetType().Name };
        var properties = value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var property in properties.OrderBy(property => property.Name, StringComparer.Ordinal))
            node[property.Name] = Node(property.GetValue(value));
        return node;
    }
}
