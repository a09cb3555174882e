using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Causeway.Signalling.Wire;

/// <summary>Reads and writes messages. Every limit on JSON from clients is applied here.</summary>
internal static class WireJson
{
    /// <summary>The deepest nesting; descriptions and candidates need three levels.</summary>
    public const int MaxDepth = 32;

    private static readonly FrozenDictionary<string, Type> Types = WireContext.Default.ClientMessage.PolymorphismOptions!.DerivedTypes
        .ToFrozenDictionary(derived => (string)derived.TypeDiscriminator!, derived => derived.DerivedType, StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> TypeNames = Types.ToFrozenDictionary(type => type.Value, type => type.Key);

    private static readonly FrozenDictionary<Type, string[]> Required = Types.Values.ToFrozenDictionary(type => type, RequiredOf);

    private static readonly string UseKnown = $"use one of {string.Join(", ", Types.Keys.Order(StringComparer.Ordinal))}";

    /// <summary>Gets a message's <c>type</c>.</summary>
    public static string TypeOf(ClientMessage message) => TypeNames[message.GetType()];

    /// <summary>Reads a client's message.</summary>
    /// <param name="utf8">The text of one WebSocket message.</param>
    /// <param name="message">The message; <see cref="MessageRules"/> checks its values.</param>
    /// <param name="fault">What is wrong, for the developer of the client.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ClientMessage? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        try
        {
            fault = Fault(new MessageShape(utf8));
            if (fault is null) message = JsonSerializer.Deserialize(utf8, WireContext.Default.ClientMessage)!;
        }
        catch (JsonException bad)
        {
            fault = $"a value has the wrong type at {Shorten(bad.Path ?? "$")}";
        }
        // Thrown for an escaped half of a surrogate pair.
        catch (InvalidOperationException)
        {
            fault = "a string in the message is not valid Unicode";
        }

        return message is not null;
    }

    /// <summary>Writes a message to a client.</summary>
    public static byte[] Write(ServerMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, WireContext.Default.ServerMessage);

    // The serializer finds these too, and reports them only as text about this program's types.
    private static string? Fault(MessageShape shape)
    {
        if (shape.InvalidAt is { } at) return $"the message is not valid JSON: line {at.Line}, byte {at.Byte}";
        if (shape.Depth > MaxDepth) return $"the message is nested deeper than {MaxDepth} levels";
        if (shape.Root != JsonTokenType.StartObject) return "the message is not a JSON object; send one with a \"type\"";
        if (shape.Repeated is { } repeated) return $"the message has the property {Shorten(repeated)} twice";
        if (!shape.Properties.Contains("type")) return $"the message has no \"type\"; {UseKnown}";
        if (shape.Type is null) return $"the message's \"type\" is not a string; {UseKnown}";
        if (!Types.TryGetValue(shape.Type, out var known)) return $"the message's \"type\" is unknown; {UseKnown}";
        if (shape.Properties.IsSupersetOf(Required[known])) return null;
        return $"the message lacks {string.Join(", ", Required[known].Where(name => !shape.Properties.Contains(name)))}";
    }

    private static string[] RequiredOf(Type message) =>
        [.. WireContext.Default.GetTypeInfo(message)!.Properties.Where(property => property.IsRequired).Select(property => property.Name)];

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
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
