using System.Net;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Diagnostics;

/// <summary>The relay's log messages. Users' addresses appear at Debug only; per-packet events are counters.</summary>
internal static partial class RelayLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Transport} {Address}")]
    public static partial void Listening(this ILogger logger, ClientTransport transport, TransportAddress address);

    [LoggerMessage(2, LogLevel.Information, "Relaying on {Local} (public address {Public}), ports {FirstPort}-{LastPort}")]
    public static partial void Relaying(this ILogger logger, IpAddress local, IpAddress @public, ushort firstPort, ushort lastPort);

    [LoggerMessage(3, LogLevel.Information, "Health and metrics on http://{EndPoint}")]
    public static partial void AdminListening(this ILogger logger, IPEndPoint endPoint);

    [LoggerMessage(4, LogLevel.Information, "Started with {Shards} shards")]
    public static partial void Started(this ILogger logger, int shards);

    [LoggerMessage(24, LogLevel.Information,
        "Capacity: {Capacity} allocations (quota {Quota}, ports {Ports} of each family, memory {Memory})")]
    public static partial void Room(this ILogger logger, int capacity, int quota, int ports, int memory);

    [LoggerMessage(25, LogLevel.Warning,
        "Full: {Taken} of {Capacity} relayed addresses are in use; new clients are sent elsewhere, current ones stay")]
    public static partial void Full(this ILogger logger, int taken, int capacity);

    [LoggerMessage(26, LogLevel.Information, "No longer full: {Taken} of {Capacity} relayed addresses are in use")]
    public static partial void RoomAgain(this ILogger logger, int taken, int capacity);

    [LoggerMessage(27, LogLevel.Information, "Settings reloaded; changed: {Changes}")]
    public static partial void Reloaded(this ILogger logger, string changes);

    [LoggerMessage(28, LogLevel.Error, "Settings not reloaded, the current ones stay in use: {Mistakes}")]
    public static partial void ReloadRefused(this ILogger logger, string mistakes);

    [LoggerMessage(29, LogLevel.Warning, "Changed settings that need a restart: {Settings}")]
    public static partial void NeedsRestart(this ILogger logger, string settings);

    [LoggerMessage(5, LogLevel.Information, "Draining: new allocations are refused, {Allocations} continue")]
    public static partial void Draining(this ILogger logger, int allocations);

    [LoggerMessage(53, LogLevel.Information, "No longer draining: new allocations are accepted")]
    public static partial void Undrained(this ILogger logger);

    [LoggerMessage(54, LogLevel.Information, "The operator revoked a subject until {Until:u}; {Allocations} allocations ended")]
    public static partial void RevokedByOperator(this ILogger logger, DateTimeOffset until, int allocations);

    [LoggerMessage(55, LogLevel.Information, "The operator ended allocation {Allocation}")]
    public static partial void EndedByOperator(this ILogger logger, AllocationId allocation);

    [LoggerMessage(6, LogLevel.Warning, "Ending {Allocations} remaining allocations")]
    public static partial void EndingAllocations(this ILogger logger, int allocations);

    [LoggerMessage(7, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "Cannot open relay socket {Local}: {Reason}")]
    public static partial void RelayNotOpened(this ILogger logger, TransportAddress local, RelayFailure reason, Exception failure);

    [LoggerMessage(9, LogLevel.Error, "Unexpected exception in {Where}, which continues ({Suppressed} more since the last message)")]
    public static partial void Unexpected(this ILogger logger, string where, long suppressed, Exception failure);

    [LoggerMessage(10, LogLevel.Debug, "Allocation {Allocation} of {Subject}: {Client} is relayed at {Relayed}")]
    public static partial void AllocationCreated(
        this ILogger logger, AllocationId allocation, string subject, TransportAddress client, TransportAddress relayed);

    [LoggerMessage(11, LogLevel.Debug, "Allocation {Allocation} of {Subject} at {Client} ended: {Reason}; {Usage}")]
    public static partial void AllocationEnded(
        this ILogger logger, AllocationId allocation, string subject, TransportAddress client, AllocationEnd reason, AllocationUsage usage);

    [LoggerMessage(12, LogLevel.Warning, "relay.shards: {Wished} requested, this system allows {Granted}")]
    public static partial void FewerShards(this ILogger logger, int wished, int granted);

    [LoggerMessage(52, LogLevel.Information, "Engine: {Engine} (relay.engine: {Setting})")]
    public static partial void EngineChosen(this ILogger logger, string engine, string setting);

    [LoggerMessage(13, LogLevel.Information, "Certificate in use: {Subject}, valid until {NotAfter:u}")]
    public static partial void CertificateInUse(this ILogger logger, string subject, DateTimeOffset notAfter);

    [LoggerMessage(14, LogLevel.Warning, "The changed certificate files cannot be used, the old certificate stays in use: {Mistake}")]
    public static partial void CertificateNotReloaded(this ILogger logger, string mistake);

    [LoggerMessage(15, LogLevel.Information, "Ready: a probe was relayed over every listener")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(16, LogLevel.Warning, "Not ready: {Mistake}")]
    public static partial void NotReady(this ILogger logger, string mistake);

    [LoggerMessage(17, LogLevel.Information, "Addresses found through the instance metadata service")]
    public static partial void AddressesFromMetadata(this ILogger logger);

    [LoggerMessage(19, LogLevel.Information, "Stopping: allocations must end within {Deadline}")]
    public static partial void Stopping(this ILogger logger, TimeSpan deadline);

    [LoggerMessage(20, LogLevel.Information, "Signalling at {Host} accepts the heartbeats; this generation is admitted: {Admitted}")]
    public static partial void HeartbeatsTaken(this ILogger logger, string host, bool admitted);

    [LoggerMessage(21, LogLevel.Warning,
        "Signalling does not accept the heartbeats and may not hand out this relay; relaying continues, heartbeats are retried: {Mistake}")]
    public static partial void HeartbeatsFail(this ILogger logger, string mistake);

    [LoggerMessage(22, LogLevel.Information, "Signalling requests draining: another generation replaces {Generation}")]
    public static partial void ToldToDrain(this ILogger logger, string generation);

    [LoggerMessage(23, LogLevel.Information, "Signalling revoked {Subjects} subjects")]
    public static partial void Revoked(this ILogger logger, int subjects);

    [LoggerMessage(18, LogLevel.Warning, "The instance metadata service does not answer, using the addresses of the interfaces: {Mistake}")]
    public static partial void MetadataSilent(this ILogger logger, string mistake);

    [LoggerMessage(24, LogLevel.Information,
        "No longer listening on {Transport} {Address}, which this host lost; its sockets are kept for a while")]
    public static partial void NotListening(this ILogger logger, ClientTransport transport, TransportAddress address);

    [LoggerMessage(25, LogLevel.Warning, "Cannot listen on {Address}, a new address of this host; retrying every second")]
    public static partial void ListenerRefused(this ILogger logger, TransportAddress address, Exception failure);

    [LoggerMessage(26, LogLevel.Warning,
        "{Key}: {Wished} bytes requested, this system grants {Granted}; on Linux raise net.core.rmem_max and net.core.wmem_max")]
    public static partial void SmallerBuffers(this ILogger logger, string key, int wished, int granted);

    [LoggerMessage(50, LogLevel.Information,
        "File descriptors: {Room} of {Limit} for connections and relayed addresses ({Used} in use, {Reserve} in reserve)")]
    public static partial void Descriptors(this ILogger logger, long limit, long room, int used, int reserve);

    [LoggerMessage(51, LogLevel.Warning,
        "File descriptors: {Room} of {Limit} for connections and relayed addresses ({Used} in use, {Reserve} in reserve), "
        + "fewer than the {Wanted} of the settings; raise the limit (ulimit -n, LimitNOFILE=)")]
    public static partial void FewDescriptors(this ILogger logger, long limit, long room, int used, int reserve, long wanted);

    [LoggerMessage(30, LogLevel.Information, "Exporting metrics to {Collector}")]
    public static partial void MetricsExported(this ILogger logger, string collector);

    [LoggerMessage(31, LogLevel.Warning, "Not exporting metrics: {Mistake}")]
    public static partial void MetricsNotExported(this ILogger logger, string mistake);

    [LoggerMessage(32, LogLevel.Warning, "Exporting metrics failed (logged at most once an hour): {Mistake}")]
    public static partial void MetricsFail(this ILogger logger, string mistake);
}
