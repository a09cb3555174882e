using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Causeway.Blueprint.Settings;

/// <summary>
/// Reads the settings under <c>aws:</c>. A guard that is not understood is a guard that does nothing, so what cannot be passed on to the provider as it
/// stands is a mistake.
/// </summary>
public static class ProviderSettingsReader
{
    /// <summary>What stands before each key.</summary>
    public const string Namespace = "aws:";

    private const string Region = "region", Endpoints = "endpoints";

    private static readonly JsonSerializerOptions Nested = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads them, and says what is wrong with them.</summary>
    /// <param name="values">Key and text of each, without <c>aws:</c>; lists and maps are JSON.</param>
    /// <param name="encrypted">The keys whose values are kept encrypted; null where that is not known.</param>
    /// <param name="region">The stack's region; null where it is not known.</param>
    /// <param name="mistakes">Everything that is wrong.</param>
    public static ProviderSettings Read(
        IReadOnlyDictionary<string, string> values, IReadOnlySet<string>? encrypted, string? region, out IReadOnlyList<Mistake> mistakes)
    {
        var (read, wrong) = (new Dictionary<string, object>(), new List<Mistake>());
        foreach (var (key, text) in values.OrderBy(value => value.Key, StringComparer.Ordinal))
        {
            if (key == Region)
            {
                if (region is not null && text != region)
                    wrong.Add(new(Namespace + key, text, $"differs from causeway:{SettingKey.Region.Name}, {region}, which alone decides; remove it: pulumi config rm {Namespace}{key}"));
            }
            else if (key == Endpoints)
            {
                wrong.Add(new(Namespace + key, null, "cannot be passed on; set AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_SERVICE, in the environment of pulumi instead, and remove it"));
            }
            else if (ProviderKey.All.FirstOrDefault(known => known.Name == key) is not { } known)
            {
                wrong.Add(new(Namespace + key, null, $"is not a setting of the AWS provider that this program passes on, so it would do nothing; remove it, or choose among {string.Join(", ", ProviderKey.All.Select(one => one.Name))}"));
            }
            else if (known.Secret && encrypted?.Contains(key) == false)
            {
                wrong.Add(new(Namespace + key, null, "stands in the stack's file in clear; change it, and set it with pulumi config set --secret"));
            }
            else if (Parse(known.Value, text) is { } value)
            {
                read[key] = value;
            }
            else
            {
                wrong.Add(new(Namespace + key, known.Secret || encrypted?.Contains(key) == true ? null : text, $"cannot be read; write {Form(known.Value)}"));
            }
        }
        mistakes = wrong;
        return new(read);
    }

    private static object? Parse(ProviderValue kind, string text)
    {
        try
        {
            return kind switch
            {
                ProviderValue.Text => text.Length > 0 ? text : null,
                ProviderValue.Flag => text is "true" or "false" ? text == "true" : null,
                ProviderValue.Number => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
                ProviderValue.List => JsonSerializer.Deserialize<IReadOnlyList<string>>(text, Nested) is { Count: > 0 } list && !list.Contains(null!) ? list : null,
                ProviderValue.Roles => JsonSerializer.Deserialize<IReadOnlyList<AssumedRole>>(text, Nested) is { Count: > 0 } roles && !roles.Contains(null!) ? roles : null,
                ProviderValue.WebIdentity => JsonSerializer.Deserialize<WebIdentityRole>(text, Nested),
                ProviderValue.DefaultTags => JsonSerializer.Deserialize<ProviderTags>(text, Nested),
                ProviderValue.IgnoreTags => JsonSerializer.Deserialize<IgnoredTags>(text, Nested),
                _ => throw new InvalidOperationException($"{kind} is read by nobody"),
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Form(ProviderValue kind) => kind switch
    {
        ProviderValue.Text => "a text",
        ProviderValue.Flag => "true or false",
        ProviderValue.Number => "a whole number",
        ProviderValue.List => "a list of texts, as [\"123456789012\"]",
        ProviderValue.Roles => "a list of roles, as [{\"roleArn\": \"arn:aws:iam::123456789012:role/deploy\"}]",
        ProviderValue.WebIdentity => "a role, as {\"roleArn\": \"arn:aws:iam::123456789012:role/deploy\", \"webIdentityTokenFile\": \"/run/token\"}",
        ProviderValue.DefaultTags => "a map, as {\"tags\": {\"team\": \"calls\"}}",
        _ => "a map of lists, as {\"keyPrefixes\": [\"company:\"]}",
    };
}
