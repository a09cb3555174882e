using System.Text.Json;

namespace Causeway.Signalling.Wire;

/// <summary>What a JSON text contains, as far as a message can be judged before the serializer reads it.</summary>
internal sealed class MessageShape
{
    private readonly HashSet<string> _properties = new(StringComparer.Ordinal);

    /// <summary>Scans a text.</summary>
    /// <exception cref="InvalidOperationException">The name of a property, or the type, is not valid Unicode.</exception>
    public MessageShape(ReadOnlySpan<byte> utf8)
    {
        // No limit here: the reader would report it in text only.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            reader.Read();
            Root = reader.TokenType;
            string? name = null;
            do
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    Depth = Math.Max(Depth, reader.CurrentDepth + 1);
                if (name is not null) Add(name, ref reader);
                var isName = Root == JsonTokenType.StartObject && reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName };
                name = isName ? reader.GetString() : null;
            }
            while (reader.Read());
        }
        catch (JsonException bad)
        {
            InvalidAt = ((bad.LineNumber ?? 0) + 1, bad.BytePositionInLine ?? 0);
        }
    }

    /// <summary>Gets the line and the byte in it where the text stops being JSON; null for valid JSON.</summary>
    public (long Line, long Byte)? InvalidAt { get; }

    /// <summary>Gets the kind of the whole text.</summary>
    public JsonTokenType Root { get; }

    /// <summary>Gets the levels of nesting.</summary>
    public int Depth { get; }

    /// <summary>Gets the properties of the outer object.</summary>
    public IReadOnlySet<string> Properties => _properties;

    /// <summary>Gets a property that the outer object has twice.</summary>
    public string? Repeated { get; private set; }

    /// <summary>Gets the value of the property <c>type</c>; null if it is not a string.</summary>
    public string? Type { get; private set; }

    private void Add(string name, ref Utf8JsonReader value)
    {
        if (!_properties.Add(name)) Repeated ??= name;
        else if (name == "type" && value.TokenType == JsonTokenType.String) Type = value.GetString();
    }
}
