using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Causeway.Relay.Settings;
using Causeway.Turn.Options;

namespace Causeway.Relay.Tests.Settings;

/// <summary>A setting, as its option type and doc comment describe it.</summary>
/// <param name="Name">Its name, as <c>relay.listeners[].port</c>.</param>
/// <param name="Meaning">The doc comment, in Markdown.</param>
/// <param name="Default">The default, as it is written in the settings file; empty if there is none.</param>
internal sealed record Setting(string Name, string Meaning, string Default);

/// <summary>Every setting of the relay, in the order of its option types.</summary>
internal static partial class OptionReference
{
    // Before All, which reads it.
    private static readonly Lazy<Dictionary<string, XElement>> Comments = new(() =>
        XDocument.Load(Path.ChangeExtension(typeof(RelayOptions).Assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(member => (string)member.Attribute("name")!));

    public static IReadOnlyList<Setting> All { get; } = [.. Read(typeof(RelayOptions), RelayOptions.Section)];

    private static IEnumerable<Setting> Read(Type type, string path)
    {
        var defaults = Activator.CreateInstance(type)!;
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
        {
            var name = $"{path}.{SettingsReader.CamelCase(property.Name)}";
            var item = IsList(property.PropertyType) ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            var isSection = item.Namespace == typeof(RelayOptions).Namespace && item.IsClass;
            var names = IsList(property.PropertyType) ? $"{name}[]" : name;
            IEnumerable<Setting> own = isSection && names == name
                ? []
                : [new(names, Meaning(property), Default(property.GetValue(defaults)))];
            return isSection ? own.Concat(Read(item, names)) : own;
        });
    }

    private static bool IsList(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        bool flag => flag ? "true" : "false",
        IEnumerable list and not string => list.Cast<object>().Any() ? throw new NotSupportedException("a list with a default") : "",
        _ => value.ToString()!,
    };

    private static string Meaning(PropertyInfo property)
    {
        var id = $"P:{property.DeclaringType!.FullName}.{property.Name}";
        var summary = Comments.Value[id].Element("summary")!;
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{Reference(see, property.DeclaringType)}`",
            _ => throw new NotSupportedException($"{id}: {node} in a doc comment"),
        }));
        var words = Spaces().Replace(text, " ").Trim();
        const string Start = "Gets ";
        Assert.StartsWith(Start, words, StringComparison.Ordinal);
        return char.ToUpperInvariant(words[Start.Length]) + words[(Start.Length + 1)..];
    }

    // A setting of the same section by its last name, another by its whole name.
    private static string Reference(XElement see, Type section)
    {
        if ((string?)see.Attribute("langword") is { } word) return word;
        var target = ((string)see.Attribute("cref")!).Split(':')[1];
        var (type, name) = (target[..target.LastIndexOf('.')], SettingsReader.CamelCase(target[(target.LastIndexOf('.') + 1)..]));
        if (type == section.FullName) return name;
        Assert.Equal(typeof(RelayOptions).FullName, type);
        return $"{RelayOptions.Section}.{name}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
