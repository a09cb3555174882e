using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Causeway.Turn.Options;
using Microsoft.Extensions.Configuration;

namespace Causeway.Relay.Settings;

/// <summary>
/// Reads a section of settings into its options type. Reports every unknown key and every invalid value, where the framework's binder stops
/// at the first. Supports sections, lists of sections or strings, strings, numbers, booleans and durations.
/// </summary>
public static class SettingsReader
{
    /// <summary>Reads a section.</summary>
    /// <param name="configuration">All settings.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="mistakes">Receives a line for each mistake.</param>
    /// <returns>The options; invalid values keep their default, so that the rest can be validated too.</returns>
    public static T Read<T>(IConfiguration configuration, string section, ICollection<string> mistakes) where T : class, new()
    {
        var source = configuration.GetSection(section);
        var before = mistakes.Count;
        var unfit = new List<string>();
        CheckSection(source, typeof(T), section, mistakes, unfit);
        return (mistakes.Count == before ? source : Without(unfit, configuration).GetSection(section)).Get<T>() ?? new();
    }

    // The settings without those below the given keys.
    private static IConfigurationRoot Without(List<string> keys, IConfiguration configuration) => new ConfigurationBuilder()
        .AddInMemoryCollection(configuration.AsEnumerable().Where(setting => !keys.Exists(key =>
            setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase)
            || setting.Key.StartsWith(key + ':', StringComparison.OrdinalIgnoreCase))))
        .Build();

    private static void CheckSection(
        IConfigurationSection section, Type type, string path, ICollection<string> mistakes, List<string> unfit)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var child in section.GetChildren())
        {
            var key = $"{path}.{CamelCase(child.Key)}";
            var property = properties.FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                Refuse(child, $"{key}: is not a setting; {Nearest(child.Key, properties)}", mistakes, unfit);
            else
                CheckValue(child, property.PropertyType, $"{path}.{CamelCase(property.Name)}", mistakes, unfit);
        }
    }

    private static void CheckValue(IConfigurationSection value, Type type, string path, ICollection<string> mistakes, List<string> unfit)
    {
        if (type == typeof(string) || Nullable.GetUnderlyingType(type) is not null || type.IsValueType)
            CheckScalar(value, type, path, mistakes, unfit);
        else if (type.IsAssignableTo(typeof(IEnumerable)))
            CheckList(value, type.GetGenericArguments()[0], path, mistakes, unfit);
        else if (!string.IsNullOrEmpty(value.Value))
        {
            var example = $"{path}.{CamelCase(type.GetProperties()[0].Name)}";
            Refuse(value, $"{path}: {value.Value} is not a section; write its settings below it, as {example}", mistakes, unfit);
        }

        else
            CheckSection(value, type, path, mistakes, unfit);
    }

    private static void CheckList(IConfigurationSection list, Type item, string path, ICollection<string> mistakes, List<string> unfit)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            Refuse(list, $"{path}: is a list; number its items, as {path}.0 or in JSON [ … ]", mistakes, unfit);
            return;
        }

        foreach (var child in list.GetChildren())
        {
            if (int.TryParse(child.Key, out _)) CheckValue(child, item, $"{path}[{child.Key}]", mistakes, unfit);
            else Refuse(child, $"{path}.{child.Key}: {path} is a list; number its items, as {path}.0", mistakes, unfit);
        }
    }

    private static void CheckScalar(IConfigurationSection value, Type type, string path, ICollection<string> mistakes, List<string> unfit)
    {
        if (value.GetChildren().Any())
        {
            Refuse(value, $"{path}: is one value, not a section or a list; write {Example(type)}", mistakes, unfit);
            return;
        }

        if (type == typeof(string) || value.Value is null) return;
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value.Value);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            Refuse(value, $"{path}: {value.Value} is not a {Noun(type)}; write {Example(type)}", mistakes, unfit);
        }
    }

    private static void Refuse(IConfigurationSection setting, string mistake, ICollection<string> mistakes, List<string> unfit)
    {
        mistakes.Add(mistake);
        unfit.Add(setting.Path);
    }

    private static string Noun(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "duration",
        var t when t == typeof(bool) => "boolean",
        _ => "whole number",
    };

    private static string Example(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(TimeSpan) => "hours:minutes:seconds, as 00:02:00",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "a text",
        _ => "digits only",
    };

    private static string Nearest(string key, PropertyInfo[] properties)
    {
        var names = properties.Select(property => CamelCase(property.Name)).ToList();
        return NearestName.Of(key, names, maxDistance: 2) is { } nearest
            ? $"did you mean {nearest}?"
            : $"the settings are {string.Join(", ", names)}";
    }

    internal static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
