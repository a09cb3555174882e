using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Causeway.Turn.Fleet;

/// <summary>Reads and writes the fleet's messages as JSON.</summary>
public static class FleetJson
{
    /// <summary>Writes a message.</summary>
    public static byte[] Write(Heartbeat message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.Heartbeat);

    /// <inheritdoc cref="Write(Heartbeat)"/>
    public static byte[] Write(HeartbeatAnswer message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.HeartbeatAnswer);

    /// <inheritdoc cref="Write(Heartbeat)"/>
    public static byte[] Write(Admission message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.Admission);

    /// <inheritdoc cref="Write(Heartbeat)"/>
    public static byte[] Write(AdmissionAnswer message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.AdmissionAnswer);

    /// <summary>Reads a heartbeat.</summary>
    /// <param name="json">The body.</param>
    /// <param name="message">The message, whose values are valid.</param>
    /// <param name="fault">Describes what is invalid.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out Heartbeat? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.Heartbeat, read => read.Fault(), out message, out fault);

    /// <summary>Reads the answer to a heartbeat.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out Heartbeat?, out string?)"/>
    public static bool TryRead(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out HeartbeatAnswer? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.HeartbeatAnswer, read => read.Fault(), out message, out fault);

    /// <summary>Reads an admission.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out Heartbeat?, out string?)"/>
    public static bool TryRead(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out Admission? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.Admission, read => read.Fault(), out message, out fault);

    /// <summary>Reads the answer to an admission.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out Heartbeat?, out string?)"/>
    public static bool TryRead(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out AdmissionAnswer? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.AdmissionAnswer, _ => null, out message, out fault);

    private static bool TryRead<T>(
        ReadOnlySpan<byte> json,
        JsonTypeInfo<T> type,
        Func<T, string?> faultOf,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? fault)
        where T : class
    {
        try
        {
            message = JsonSerializer.Deserialize(json, type);
            fault = message is null ? "is null" : faultOf(message);
        }
        catch (JsonException broken)
        {
            (message, fault) = (null, $"is not a valid message: {broken.Message}");
        }

        if (fault is not null) message = null;
        return message is not null;
    }
}

// Unknown fields of newer versions are ignored.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8)]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(Admission))]
[JsonSerializable(typeof(AdmissionAnswer))]
internal sealed partial class FleetJsonContext : JsonSerializerContext;
