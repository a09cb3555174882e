using System.Globalization;
using System.Net;

namespace Causeway.Tests.Support.Aws;

/// <summary>Writes XML, element by element.</summary>
internal static class Xml
{
    /// <summary>An element with a text; nothing when there is none.</summary>
    public static string E(string name, string? text) => text is null ? "" : $"<{name}>{WebUtility.HtmlEncode(text)}</{name}>";

    public static string E(string name, bool value) => $"<{name}>{(value ? "true" : "false")}</{name}>";

    public static string E(string name, int value) => $"<{name}>{value.ToString(CultureInfo.InvariantCulture)}</{name}>";

    public static string E(string name, DateTimeOffset time) => $"<{name}>{Time(time)}</{name}>";

    /// <summary>An element with others inside.</summary>
    public static string In(string name, params IEnumerable<string> inside) => $"<{name}>{string.Concat(inside)}</{name}>";

    /// <summary>A list: an element with members.</summary>
    public static string List(string name, string member, IEnumerable<string> members) => In(name, members.Select(one => In(member, one)));

    /// <summary>A time as AWS writes it.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
