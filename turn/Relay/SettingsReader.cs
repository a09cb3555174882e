using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Causeway.Relay;

/// <summary>
/// Reads a section of settings into its options type and finds every key that the type does not have and every value that does not
/// fit, where the framework's binder stops at the first. Knows the shapes that options are made of: sections, lists of sections or
/// texts, texts, numbers, switches and durations.
/// </summary>
public static class SettingsReader
{
    /// <summary>Reads a section.</summary>
    /// <param name="configuration">All settings.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="mistakes">Receives each mistake as a line.</param>
    /// <returns>The options; the defaults when there were mistakes.</returns>
    public static T Read<T>(IConfiguration configuration, string section, ICollection<string> mistakes) where T : class, new()
    {
        var source = configuration.GetSection(section);
        var before = mistakes.Count;
        CheckSection(source, typeof(T), section, mistakes);
        return mistakes.Count == before ? source.Get<T>() ?? new() : new();
    }

    private static void CheckSection(IConfigurationSection section, Type type, string path, ICollection<string> mistakes)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var child in section.GetChildren())
        {
            var key = $"{path}.{CamelCase(child.Key)}";
            var property = properties.FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                mistakes.Add($"{key}: is no setting; {Nearest(child.Key, properties)}");
            else
                CheckValue(child, property.PropertyType, $"{path}.{CamelCase(property.Name)}", mistakes);
        }
    }

    private static void CheckValue(IConfigurationSection value, Type type, string path, ICollection<string> mistakes)
    {
        if (type == typeof(string) || Nullable.GetUnderlyingType(type) is not null || type.IsValueType)
            CheckScalar(value, type, path, mistakes);
        else if (type.IsAssignableTo(typeof(IEnumerable)))
            CheckList(value, type.GetGenericArguments()[0], path, mistakes);
        else if (!string.IsNullOrEmpty(value.Value))
            mistakes.Add($"{path}: {value.Value} is no section; write its settings below it, as {path}.{CamelCase(type.GetProperties()[0].Name)}");
        else
            CheckSection(value, type, path, mistakes);
    }

    private static void CheckList(IConfigurationSection list, Type item, string path, ICollection<string> mistakes)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            mistakes.Add($"{path}: is a list; number its items, as {path}.0 or in JSON [ … ]");
            return;
        }

        foreach (var child in list.GetChildren())
        {
            if (int.TryParse(child.Key, out _)) CheckValue(child, item, $"{path}[{child.Key}]", mistakes);
            else mistakes.Add($"{path}.{child.Key}: {path} is a list; number its items, as {path}.0");
        }
    }

    private static void CheckScalar(IConfigurationSection value, Type type, string path, ICollection<string> mistakes)
    {
        if (value.GetChildren().Any())
        {
            mistakes.Add($"{path}: is one value, not a section or a list; write {Example(type)}");
            return;
        }

        if (type == typeof(string) || value.Value is null) return;
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value.Value);
        }
        catch (Exception unfit) when (unfit is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            mistakes.Add($"{path}: {value.Value} is no {Noun(type)}; write {Example(type)}");
        }
    }

    private static string Noun(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "duration",
        var t when t == typeof(bool) => "switch",
        _ => "whole number",
    };

    private static string Example(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "hours:minutes:seconds, as 00:02:00",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "a text",
        _ => "digits alone",
    };

    private static string Nearest(string key, PropertyInfo[] properties)
    {
        var nearest = properties.Select(property => CamelCase(property.Name)).MinBy(name => Distance(key.ToLowerInvariant(), name.ToLowerInvariant()))!;
        return Distance(key.ToLowerInvariant(), nearest.ToLowerInvariant()) <= 2
            ? $"did you mean {nearest}?"
            : $"there are {string.Join(", ", properties.Select(property => CamelCase(property.Name)))}";
    }

    // The number of letters to add, take or change between two words (Levenshtein).
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }

    private static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
