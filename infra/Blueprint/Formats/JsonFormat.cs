using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Causeway.Blueprint.Formats;

/// <summary>
/// How the plan writes JSON: without nulls, and with the characters that only HTML would escape, like base64's plus sign, because all of
/// it is for files and terminals.
/// </summary>
public static class JsonFormat
{
    /// <summary>AWS's documents, whose keys are written as they are.</summary>
    public static JsonSerializerOptions Verbatim { get; } = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonSerializerOptions VerbatimIndented { get; } = new(Verbatim) { WriteIndented = true };

    /// <summary>Settings of services and of browsers: camelCase, indented.</summary>
    public static JsonSerializerOptions Settings { get; } = new(Verbatim)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
    };
}
