using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Where settings come from, later ones winning: the file of <c>--settings FILE</c>, the environment (<c>CAUSEWAY_SIGNALLING__LISTEN__0</c>), the
/// command line (<c>--signalling:listen:0</c>). Reading a section reports every mistake in it, unknown names too, rather than the first.
/// </summary>
internal static class Settings
{
    private const string EnvironmentPrefix = "CAUSEWAY_";
    private static readonly string[] TopLevel = [SignallingOptions.Section, Relay.RelayOptions.Section, "logging", "settings", "environment"];

    /// <summary>Reads all sources.</summary>
    /// <exception cref="StartException">The file is missing or is no JSON, or the command line cannot be read.</exception>
    public static IConfigurationRoot Load(string[] args)
    {
        try
        {
            var file = new ConfigurationBuilder().AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine(args).Build()["settings"];
            var sources = new ConfigurationBuilder();
            if (file is not null && !File.Exists(file)) throw new StartException($"--settings: {file} does not exist");
            if (file is not null) sources.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            var settings = sources.AddCommandLine(args).Build();
            var unknown = settings.GetChildren().Where(top => !TopLevel.Contains(top.Key, StringComparer.OrdinalIgnoreCase)).ToList();
            if (unknown.Count > 0)
                throw new StartException([.. unknown.Select(top => $"{top.Key}: no such section; there is {string.Join(", ", TopLevel)}")]);

            return sources.AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine(args).Build();
        }
        catch (InvalidDataException bad)
        {
            var json = bad.InnerException is FormatException { InnerException: JsonException inner } ? inner.Message : bad.Message;
            throw new StartException($"--settings: the file is no JSON: {json}");
        }
        catch (FormatException bad)
        {
            throw new StartException($"command line: {bad.Message} Settings are given as --signalling:listen:0 http://127.0.0.1:8080");
        }
    }

    /// <summary>Reads one section into its options.</summary>
    /// <param name="section">The section; one that is missing gives the defaults.</param>
    /// <param name="mistakes">Receives a line for each mistake.</param>
    public static T Read<T>(IConfigurationSection section, ICollection<string> mistakes) => (T)ReadObject(typeof(T), section, section.Path, mistakes);

    private static object ReadObject(Type type, IConfigurationSection section, string path, ICollection<string> mistakes)
    {
        var value = Activator.CreateInstance(type)!;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        if (section.Value is { Length: > 0 } scalar) mistakes.Add($"{path}: '{scalar}' is one value where several settings stand");
        foreach (var child in section.GetChildren())
        {
            var property = properties.Find(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                mistakes.Add($"{path}.{child.Key}: no such setting; there is {string.Join(", ", properties.Select(known => CamelCase(known.Name)))}");
            else if (ReadValue(property.PropertyType, child, $"{path}.{CamelCase(property.Name)}", mistakes) is { } read)
                property.SetValue(value, read);
        }

        return value;
    }

    private static object? ReadValue(Type type, IConfigurationSection section, string path, ICollection<string> mistakes)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var element = type.GetGenericArguments()[0];
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            if (section.Value is { Length: > 0 } scalar) mistakes.Add($"{path}: '{scalar}' is one value where a list stands; give {path}.0 and so on");
            foreach (var child in section.GetChildren())
            {
                if (ReadValue(element, child, $"{path}.{child.Key}", mistakes) is { } read) list.Add(read);
            }

            return list;
        }

        if (type.IsClass && type != typeof(string)) return ReadObject(type, section, path, mistakes);
        if (section.GetChildren().Any())
        {
            mistakes.Add($"{path}: several values where one stands");
            return null;
        }

        if (section.Value is not { Length: > 0 } text) return null;
        var (value, form) = Parse(Nullable.GetUnderlyingType(type) ?? type, text);
        if (value is null) mistakes.Add($"{path}: '{text}' is not {form}");
        return value;
    }

    private static (object? Value, string Form) Parse(Type type, string text) =>
        type == typeof(string) ? (text, "")
        : type == typeof(int) ? (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null, "a whole number")
        : type == typeof(bool) ? (bool.TryParse(text, out var flag) ? flag : null, "true or false")
        : type == typeof(TimeSpan) ? (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null, "a time as 00:00:30 (hours:minutes:seconds)")
        : throw new InvalidOperationException($"Settings cannot hold a {type.Name}");

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
