using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Causeway.Turn.Fleet;

/// <summary>The JSON of the fleet's messages.</summary>
public static class FleetJson
{
    /// <summary>Writes a message.</summary>
    public static byte[] Write(Heartbeat message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.Heartbeat);

    /// <inheritdoc cref="Write(Heartbeat)"/>
    public static byte[] Write(HeartbeatAnswer message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.HeartbeatAnswer);

    /// <inheritdoc cref="Write(Heartbeat)"/>
    public static byte[] Write(Admission message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.Admission);

    /// <inheritdoc cref="Write(Heartbeat)"/>
    public static byte[] Write(AdmissionAnswer message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJsonContext.Default.AdmissionAnswer);

    /// <summary>Reads a heartbeat.</summary>
    /// <param name="json">The body.</param>
    /// <param name="message">The message; its content keeps to its bounds.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Heartbeat? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.Heartbeat, read => read.Fault(), out message, out fault);

    /// <summary>Reads the answer to a heartbeat.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out Heartbeat?, out string?)"/>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out HeartbeatAnswer? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(
            json,
            FleetJsonContext.Default.HeartbeatAnswer,
            read => read.Revoke is null || read.Revoke.Count > HeartbeatAnswer.MaxRevocations || read.Revoke.Any(revoked => string.IsNullOrEmpty(revoked?.Subject)) ? "revoke: is no list of subjects within its bound" : null,
            out message,
            out fault);

    /// <summary>Reads an admission.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out Heartbeat?, out string?)"/>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Admission? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.Admission, read => read.Fault(), out message, out fault);

    /// <summary>Reads the answer to an admission.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out Heartbeat?, out string?)"/>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out AdmissionAnswer? message, [NotNullWhen(false)] out string? fault) =>
        TryRead(json, FleetJsonContext.Default.AdmissionAnswer, _ => null, out message, out fault);

    private static bool TryRead<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, Func<T, string?> faultOf, [NotNullWhen(true)] out T? message, [NotNullWhen(false)] out string? fault)
        where T : class
    {
        try
        {
            message = JsonSerializer.Deserialize(json, type);
            fault = message is null ? "is null" : faultOf(message);
        }
        catch (JsonException broken)
        {
            (message, fault) = (null, $"is no such message: {broken.Message}");
        }

        if (fault is not null) message = null;
        return message is not null;
    }
}

// Fields that a newer program adds are passed over.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8)]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(Admission))]
[JsonSerializable(typeof(AdmissionAnswer))]
internal sealed partial class FleetJsonContext : JsonSerializerContext;
