using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Causeway.Blueprint.Formats;

/// <summary>
/// How the plan writes JSON. All forms are for files and terminals, so they keep characters that HTML would escape, like base64's plus
/// sign.
/// </summary>
public static class JsonFormat
{
    /// <summary>Settings of services and of browsers: camelCase, indented, without nulls.</summary>
    public static JsonSerializerOptions Settings { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>AWS's documents, whose keys are written as they are.</summary>
    public static JsonSerializerOptions Verbatim { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>AWS's documents for people.</summary>
    public static JsonSerializerOptions VerbatimIndented { get; } = new(Verbatim) { WriteIndented = true };
}
