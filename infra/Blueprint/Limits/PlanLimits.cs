using System.Text;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Limits;

/// <summary>Checks a plan against AWS's limits before anything is created.</summary>
public static class PlanLimits
{
    private const string DefaultTags = $"{ProviderSettingsReader.Namespace}defaultTags";

    /// <exception cref="SettingsException">The plan exceeds limits.</exception>
    public static void Check(Plan plan) => SettingsException.ThrowIfAny([.. Mistakes(plan)]);

    public static IEnumerable<Mistake> Mistakes(Plan plan) =>
        [.. OfTags(plan), .. OfTagNames(plan), .. LimitedValue.Of(plan).SelectMany(OfValue)];

    private static IEnumerable<Mistake> OfTags(Plan plan)
    {
        var tags = new ResourceTags(plan);
        var kinds = Inventory.Of(plan).Select(resource => resource.Kind).ToHashSet();
        return
            from limit in AwsLimits.Rows
            where limit.Unit == LimitUnit.Tags && kinds.Contains(limit.Kind)
            let count = tags.All(limit.Kind, "name").Count
            where count > limit.Most
            select new Mistake(DefaultTags, $"{plan.DefaultTags.Count} tags",
                $"are too many: {Article(limit.Kind)} has {count} tags then, and AWS allows {limit.Most} ({limit.Source}); "
                + $"take some out, or set them as {SettingKey.Tags.Name}, of which such resources get fewer");
    }

    // IAM refuses two tags that differ in case alone (IAM user guide, "Tags for IAM resources").
    private static IEnumerable<Mistake> OfTagNames(Plan plan) =>
        from added in plan.DefaultTags.Keys
        from given in plan.Tags.Keys.Append("Name")
        where added != given && string.Equals(added, given, StringComparison.OrdinalIgnoreCase)
        select new Mistake(DefaultTags, added,
            $"differs in case alone from the tag {given}, which AWS refuses; write it the same, or choose another");

    private static IEnumerable<Mistake> OfValue(LimitedValue value)
    {
        if (AwsLimits.Of(value.Kind, value.Property) is not { } limit)
        {
            yield return Wrong("has no known limit; add it to AwsLimits");
            yield break;
        }
        var count = Count(limit.Unit, value.Text);
        if (count > limit.Most)
            yield return Wrong($"has {count} {Name(limit.Unit)}, and AWS allows {limit.Most} ({limit.Source}); choose shorter settings");
        if (limit.Form is { } form && !Regex.IsMatch(value.Text, form, RegexOptions.None, TimeSpan.FromSeconds(10)))
            yield return Wrong($"has a character that AWS refuses there ({limit.Source}); choose other settings");

        Mistake Wrong(string fix) => new($"{value}", null, fix);
    }

    public static int Count(LimitUnit unit, string text) => unit switch
    {
        LimitUnit.Bytes => Encoding.UTF8.GetByteCount(text),
        LimitUnit.CharactersWithoutSpace => text.Count(letter => !char.IsWhiteSpace(letter)),
        _ => text.Length,
    };

    private static string Name(LimitUnit unit) => unit switch
    {
        LimitUnit.Bytes => "bytes",
        LimitUnit.CharactersWithoutSpace => "characters without spaces",
        _ => "characters",
    };

    private static string Article(string kind) => ("AEIOaeio".Contains(kind[0], StringComparison.Ordinal) ? "an " : "a ") + kind;
}
