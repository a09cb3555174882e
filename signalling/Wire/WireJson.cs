using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Causeway.Signalling.Wire;

/// <summary>Messages to and from their wire form. Every bound on foreign JSON stands here.</summary>
internal static class WireJson
{
    /// <summary>The subprotocol that names this protocol and its version in the WebSocket handshake (RFC 6455 §1.9).</summary>
    public const string Subprotocol = "causeway.v1";

    /// <summary>The deepest nesting taken; descriptions and candidates need three levels.</summary>
    public const int MaxDepth = 32;

    /// <summary>Reads a client's message.</summary>
    /// <param name="utf8">The text of one WebSocket message.</param>
    /// <param name="message">The message, whose form is right; its values are checked by <see cref="MessageRules"/>.</param>
    /// <param name="fault">What is wrong, in words for the client's developer.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ClientMessage? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        fault = null;
        try
        {
            message = JsonSerializer.Deserialize(utf8, WireContext.Default.ClientMessage);
            fault = message is null ? "the message is null; send a JSON object with a \"type\"" : null;
        }
        catch (JsonException bad)
        {
            fault = Explain(bad);
        }
        // Thrown for an object without "type".
        catch (NotSupportedException)
        {
            fault = "the message has no \"type\"; it is one of hello, signal, ack, leave, ping";
        }
        // Thrown for an escaped half of a surrogate pair.
        catch (InvalidOperationException)
        {
            fault = "a string of the message is not valid Unicode";
        }

        return message is not null;
    }

    /// <summary>Writes a message for a client.</summary>
    public static byte[] Write(ServerMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, WireContext.Default.ServerMessage);

    // The serializer's own words name types of this program; the place is what helps.
    private static string Explain(JsonException bad)
    {
        var place = bad.Path is null or "$" ? "" : $" at {Shorten(bad.Path)}";
        if (bad.Message.Contains("type discriminator", StringComparison.Ordinal))
            return "the message's \"type\" is not known; it is one of hello, signal, ack, leave, ping";
        if (bad.Message.Contains("missing required", StringComparison.Ordinal))
            return $"the message lacks {bad.Message[(bad.Message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')}";
        if (bad.Message.Contains("Duplicate", StringComparison.Ordinal))
            return $"a property stands twice in one object{place}";
        if (bad.Message.Contains("maximum configured depth", StringComparison.Ordinal))
            return $"the message is nested deeper than {MaxDepth} levels{place}";
        return bad.InnerException is JsonException
            ? $"the message is no JSON text: line {bad.LineNumber + 1}, byte {bad.BytePositionInLine}"
            : $"a value is of the wrong kind{place}";
    }

    private static string Shorten(string path) => path.Length <= 64 ? path : path[..64] + "…";
}

/// <summary>The generated readers and writers.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    AllowOutOfOrderMetadataProperties = true,
    AllowDuplicateProperties = false,
    MaxDepth = WireJson.MaxDepth,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(ServerMessage))]
internal sealed partial class WireContext : JsonSerializerContext;
