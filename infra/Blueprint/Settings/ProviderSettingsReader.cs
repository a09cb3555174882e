namespace Causeway.Blueprint.Settings;

/// <summary>
/// Reads the settings under <c>aws:</c>. What can't be passed on to the provider is a mistake, because a guard that is ignored guards
/// nothing.
/// </summary>
public static class ProviderSettingsReader
{
    public const string Namespace = "aws:";

    /// <summary>Reads them.</summary>
    /// <param name="values">Key and text of each, without <c>aws:</c>; lists and maps are JSON.</param>
    /// <param name="encrypted">The keys whose values are encrypted; null when that isn't known.</param>
    /// <param name="region">The stack's region; null when it isn't known.</param>
    public static ProviderSettings Read(
        IReadOnlyDictionary<string, string> values, IReadOnlySet<string>? encrypted, string? region, out IReadOnlyList<Mistake> mistakes)
    {
        var (read, wrong) = (new Dictionary<string, object>(), new List<Mistake>());
        foreach (var (key, text) in values.OrderBy(value => value.Key, StringComparer.Ordinal))
        {
            if (Read(key, text, encrypted, region, read) is { } mistake) wrong.Add(mistake with { Key = Namespace + key });
        }
        mistakes = wrong;
        return new(read);
    }

    private static Mistake? Read(string key, string text, IReadOnlySet<string>? encrypted, string? region, Dictionary<string, object> read)
    {
        if (key == "region")
        {
            return region is null || text == region ? null : new(key, text,
                $"differs from causeway:{SettingKey.Region.Name}, {region}, which decides; remove it: pulumi config rm {Namespace}{key}");
        }
        if (key == "endpoints")
        {
            return new(key, null,
                "can't be passed on; remove it, and set AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_SERVICE in the environment of pulumi");
        }
        if (ProviderKey.All.FirstOrDefault(known => known.Name == key) is not { } known)
        {
            return new(key, null,
                "is not a setting of the AWS provider that this program passes on, so it would have no effect; remove it, or "
                + $"choose one of {string.Join(", ", ProviderKey.All.Select(one => one.Name))}");
        }
        if (known.Secret && encrypted?.Contains(key) == false)
            return new(key, null, "is stored in clear; change it, and set it with pulumi config set --secret");

        Mistake? mistake = null;
        var shown = known.Secret || encrypted?.Contains(key) == true ? null : text;
        var value = known.Form.Read(text, (_, _) => mistake = new(key, shown, $"cannot be read; write {known.Form.Values}"));
        if (mistake is null) read[key] = value!;
        return mistake;
    }
}
