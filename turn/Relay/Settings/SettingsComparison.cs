using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Causeway.Relay.Settings;

/// <summary>
/// Finds the differences between two instances of the same options, by setting name. Values never appear in a message.
/// </summary>
internal static class SettingsComparison
{
    /// <summary>The changed settings, as <c>relay.quotas.allocations</c>; in a list of sections each setting of each item.</summary>
    /// <param name="before">The current options.</param>
    /// <param name="after">The new options, of the same type.</param>
    /// <param name="path">The section's name, as <c>relay</c>.</param>
    public static IEnumerable<string> Changed(object before, object after, string path) => before.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(property =>
            ChangedValue(property.GetValue(before), property.GetValue(after), $"{path}.{SettingsReader.CamelCase(property.Name)}"));

    private static IEnumerable<string> ChangedValue(object? before, object? after, string path)
    {
        if (Equals(before, after)) return [];
        if (before is null || after is null || before is string || before.GetType().IsValueType) return [path];
        if (before is not IEnumerable first) return Changed(before, after, path);

        var (old, now) = (first.Cast<object>().ToList(), ((IEnumerable)after).Cast<object>().ToList());
        return old.Count != now.Count
            ? [path]
            : old.SelectMany((item, index) =>
                ChangedValue(item, now[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")));
    }
}
