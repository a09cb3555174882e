using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Causeway.Blueprint.Settings;

/// <summary>Reports that a value is refused.</summary>
/// <param name="value">The part to show; null shows the whole value.</param>
public delegate void Refuse(string fix, string? value = null);

/// <summary>
/// What a setting's value looks like: the words for people, the type for Pulumi's schema, and the parser that enforces both.
/// </summary>
public abstract class SettingForm(string values, string type)
{
    /// <summary>Gets the allowed values in words.</summary>
    public string Values { get; } = values;

    public string Type { get; } = type;

    internal abstract object? Read(string text, Refuse refuse);
}

/// <summary>A form of values of one type.</summary>
/// <param name="read">The parser. What it returns is ignored once it has refused the text.</param>
public sealed class SettingForm<T>(string values, Func<string, Refuse, T?> read, string type = "string") : SettingForm(values, type)
{
    internal override object? Read(string text, Refuse refuse) => read(text, refuse);
}

internal static class Forms
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
    };

    public static SettingForm<bool> Flag { get; } = Choice("boolean", ("true", true), ("false", false));

    public static SettingForm<T> Choice<T>(params (string Name, T Value)[] choices) => Choice("string", choices);

    private static SettingForm<T> Choice<T>(string type, params (string Name, T Value)[] choices)
    {
        var names = string.Join(" or ", choices.Select(choice => choice.Name));
        var fix = choices.Length == 1 ? $"isn't known; the only choice is {names}" : $"isn't known; choose {names}";
        return new(names, (text, refuse) =>
        {
            foreach (var (name, value) in choices)
                if (name == text) return value;
            refuse(fix);
            return default;
        }, type);
    }

    public static SettingForm<int> Integer(int min, int max) =>
        Number($"{min} to {max}", number => number >= min && number <= max, $"isn't a whole number from {min} to {max}");

    public static SettingForm<int> OneOf(IReadOnlyList<int> numbers, string what)
    {
        var list = string.Join(", ", numbers);
        return Number(list, numbers.Contains, $"isn't {what}; choose one of {list}");
    }

    private static SettingForm<int> Number(string values, Predicate<int> isValid, string fix) => new(values, (text, refuse) =>
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !isValid(number)) refuse(fix);
        return number;
    }, "integer");

    /// <summary>A text of a certain pattern.</summary>
    /// <param name="what">What it is, with an article.</param>
    public static SettingForm<string> Pattern(string pattern, string what, string example)
    {
        var regex = new Regex(pattern);
        return new($"{what}, like {example}", (text, refuse) =>
        {
            if (!regex.IsMatch(text)) refuse(IsNot(what, example));
            return text;
        });
    }

    public static SettingForm<DateOnly?> Day(string example) => new($"a day, like {example}", (text, refuse) =>
    {
        var day = Formats.IsoDay.TryRead(text);
        if (day is null) refuse(IsNot("a day", example));
        return day;
    });

    /// <summary>An absolute URL without user and password.</summary>
    /// <param name="maxCharacters">The most characters: it travels in the hosts' user-data.</param>
    public static SettingForm<Uri> Url(int maxCharacters, params string[] schemes)
    {
        var prefixes = string.Join(" or ", schemes.Select(scheme => $"{scheme}://"));
        return new($"an {string.Join(" or ", schemes)} URL, up to {maxCharacters} characters", (text, refuse) =>
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !schemes.Contains(url.Scheme))
                refuse($"isn't a URL that begins with {prefixes}", WithoutPassword(text));
            else if (url.UserInfo.Length > 0)
                refuse("contains a user or a password, which would be stored in clear; remove it", WithoutPassword(text));
            else if (url.AbsoluteUri.Length is var length && length > maxCharacters)
                refuse($"has {length} characters; the most are {maxCharacters}, because it travels in the hosts' user-data");
            return url;
        });
    }

    /// <summary>JSON that fits a type exactly.</summary>
    /// <param name="isValid">What must be true of the value besides.</param>
    public static SettingForm<T> Json<T>(string values, Predicate<T>? isValid = null) where T : class => new(values, (text, refuse) =>
    {
        try
        {
            if (JsonSerializer.Deserialize<T>(text, Strict) is { } value && isValid?.Invoke(value) != false) return value;
        }
        catch (JsonException)
        {
            // Refused below.
        }
        refuse($"isn't {values}");
        return null;
    });

    public static string IsNot(string what, string example) => $"isn't {what}; write one like {example}";

    // What precedes an @ may be a password.
    private static string WithoutPassword(string text)
    {
        var (at, scheme) = (text.LastIndexOf('@'), text.IndexOf("://", StringComparison.Ordinal));
        return at < 0 ? text : $"{(scheme >= 0 && scheme < at ? text[..(scheme + 3)] : "")}***{text[at..]}";
    }
}
