using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Diagnostics;

/// <summary>
/// The service's log messages. Addresses of users and names of rooms appear only at Debug; secrets, tokens and payloads never.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Urls}")]
    public static partial void Listening(this ILogger logger, string urls);

    [LoggerMessage(2, LogLevel.Information, "Stopping: closing {Connections} connections")]
    public static partial void Stopping(this ILogger logger, int connections);

    [LoggerMessage(3, LogLevel.Warning, "Refused a WebSocket: {Reason}")]
    public static partial void UpgradeRefused(this ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Refused a request: {Reason}")]
    public static partial void HostRefused(this ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Information, "Settings were read again")]
    public static partial void SettingsReloaded(this ILogger logger);

    [LoggerMessage(6, LogLevel.Error, "Settings were read again and are refused as a whole, so those in use stay: {Mistakes}")]
    public static partial void SettingsRefused(this ILogger logger, string mistakes);

    [LoggerMessage(7, LogLevel.Warning, "Settings that changed and need a restart: {Settings}")]
    public static partial void SettingsNeedRestart(this ILogger logger, string settings);

    [LoggerMessage(
        8, LogLevel.Warning,
        "Forwarded and X-Forwarded-For name different clients; using the proxy's address. Configure the proxy to remove the header that "
        + "it does not write")]
    public static partial void ForwardedDiffers(this ILogger logger);

    [LoggerMessage(10, LogLevel.Debug, "Connection from {Address}")]
    public static partial void Connected(this ILogger logger, System.Net.IPAddress? address);

    [LoggerMessage(11, LogLevel.Debug, "Connection of {Member} ended with {Code}, by the client: {ByClient}")]
    public static partial void ConnectionEnded(this ILogger logger, string? member, CloseCode? code, bool byClient);

    [LoggerMessage(12, LogLevel.Information, "Member {Member} joined; its room has {Members} members")]
    public static partial void SessionJoined(this ILogger logger, string member, int members);

    [LoggerMessage(13, LogLevel.Information, "Member {Member} resumed")]
    public static partial void SessionResumed(this ILogger logger, string member);

    [LoggerMessage(14, LogLevel.Information, "Member {Member} left: {Reason}")]
    public static partial void SessionEnded(this ILogger logger, string member, string reason);

    [LoggerMessage(15, LogLevel.Warning, "The room could not be told that member {Member} left")]
    public static partial void LeaveFailed(this ILogger logger, string member, Exception failure);

    [LoggerMessage(16, LogLevel.Error, "Failed to handle a {Message}")]
    public static partial void HandlingFailed(this ILogger logger, string message, Exception failure);

    [LoggerMessage(17, LogLevel.Warning, "The session of member {Member} could not be reached; the room asks again")]
    public static partial void MemberNotReached(this ILogger logger, string member, Exception failure);

    [LoggerMessage(18, LogLevel.Warning, "The room of member {Member} could not be reached; its session asks again")]
    public static partial void RoomNotReached(this ILogger logger, string member, Exception failure);

    [LoggerMessage(20, LogLevel.Warning, "Refused a message for {Path} with {Status}: {Reason}")]
    public static partial void FleetRefused(this ILogger logger, string path, int status, string reason);

    [LoggerMessage(21, LogLevel.Information, "Relays of generation {Generations} are admitted, and no others")]
    public static partial void Admitted(this ILogger logger, string generations);

    [LoggerMessage(22, LogLevel.Information, "Sent new ICE servers to {Clients} clients whose relay drains or is lost")]
    public static partial void ClientsMoved(this ILogger logger, int clients);
}
