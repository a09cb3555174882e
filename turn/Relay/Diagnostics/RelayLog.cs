using System.Net;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Diagnostics;

/// <summary>All that the relay logs. Addresses of users appear at Debug only; per-packet events are counters.</summary>
internal static partial class RelayLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Transport} {Address}")]
    public static partial void Listening(this ILogger logger, ClientTransport transport, TransportAddress address);

    [LoggerMessage(2, LogLevel.Information, "Relaying on {Local}, reached by peers as {Public}, ports {FirstPort}-{LastPort}")]
    public static partial void Relaying(this ILogger logger, IpAddress local, IpAddress @public, ushort firstPort, ushort lastPort);

    [LoggerMessage(3, LogLevel.Information, "Health and metrics on http://{EndPoint}")]
    public static partial void AdminListening(this ILogger logger, IPEndPoint endPoint);

    [LoggerMessage(4, LogLevel.Information, "Started with {Shards} shards")]
    public static partial void Started(this ILogger logger, int shards);

    [LoggerMessage(24, LogLevel.Information, "Room for {Capacity} allocations: the quota allows {Quota}, the ports {Ports} of each family, the memory {Memory}")]
    public static partial void Room(this ILogger logger, int capacity, int quota, int ports, int memory);

    [LoggerMessage(25, LogLevel.Warning, "Full: {Taken} relayed addresses are in use, of {Capacity} at most; nobody new is sent here, and those who are here stay")]
    public static partial void Full(this ILogger logger, int taken, int capacity);

    [LoggerMessage(26, LogLevel.Information, "There is room again: {Taken} relayed addresses are in use, of {Capacity} at most")]
    public static partial void RoomAgain(this ILogger logger, int taken, int capacity);

    [LoggerMessage(27, LogLevel.Information, "Settings were read again; in use now, changed: {Changes}")]
    public static partial void Reloaded(this ILogger logger, string changes);

    [LoggerMessage(28, LogLevel.Error, "Settings were read again and are refused as a whole, so those in use stay: {Mistakes}")]
    public static partial void ReloadRefused(this ILogger logger, string mistakes);

    [LoggerMessage(29, LogLevel.Warning, "Settings that changed and need a restart: {Settings}")]
    public static partial void NeedsRestart(this ILogger logger, string settings);

    [LoggerMessage(5, LogLevel.Information, "Draining: new allocations are refused, {Allocations} go on")]
    public static partial void Draining(this ILogger logger, int allocations);

    [LoggerMessage(6, LogLevel.Warning, "Ending {Allocations} allocations that are still there")]
    public static partial void EndingAllocations(this ILogger logger, int allocations);

    [LoggerMessage(7, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "Cannot open relay socket {Local}: {Reason}")]
    public static partial void RelayNotOpened(this ILogger logger, TransportAddress local, RelayFailure reason, Exception failure);

    [LoggerMessage(9, LogLevel.Error, "Unexpected in {Where}, which goes on ({Suppressed} more since the last message)")]
    public static partial void Unexpected(this ILogger logger, string where, long suppressed, Exception failure);

    [LoggerMessage(10, LogLevel.Debug, "Allocation {Allocation} of {Subject}: {Client} is relayed at {Relayed}")]
    public static partial void AllocationCreated(this ILogger logger, AllocationId allocation, string subject, TransportAddress client, TransportAddress relayed);

    [LoggerMessage(11, LogLevel.Debug, "Allocation {Allocation} of {Subject} at {Client} ended: {Reason}; {Usage}")]
    public static partial void AllocationEnded(this ILogger logger, AllocationId allocation, string subject, TransportAddress client, AllocationEnd reason, AllocationUsage usage);

    [LoggerMessage(12, LogLevel.Warning, "relay.shards: {Wished} were asked for, this system allows {Granted}")]
    public static partial void FewerShards(this ILogger logger, int wished, int granted);

    [LoggerMessage(52, LogLevel.Information, "Engine: {Engine} (relay.engine: {Setting})")]
    public static partial void EngineChosen(this ILogger logger, string engine, string setting);

    [LoggerMessage(13, LogLevel.Information, "Certificate of {Subject} is in use, valid until {NotAfter:u}")]
    public static partial void CertificateInUse(this ILogger logger, string subject, DateTimeOffset notAfter);

    [LoggerMessage(14, LogLevel.Warning, "Certificate files changed but cannot be used, so the old one stays: {Mistake}")]
    public static partial void CertificateNotReloaded(this ILogger logger, string mistake);

    [LoggerMessage(15, LogLevel.Information, "Ready: a probe was relayed over every listener")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(16, LogLevel.Warning, "Not ready: {Mistake}")]
    public static partial void NotReady(this ILogger logger, string mistake);

    [LoggerMessage(17, LogLevel.Information, "Addresses come from the instance metadata service")]
    public static partial void AddressesFromMetadata(this ILogger logger);

    [LoggerMessage(19, LogLevel.Information, "Stopping: allocations have until {Deadline} from now to end")]
    public static partial void Stopping(this ILogger logger, TimeSpan deadline);

    [LoggerMessage(20, LogLevel.Information, "Signalling at {Host} takes the heartbeats; this generation is admitted: {Admitted}")]
    public static partial void HeartbeatsTaken(this ILogger logger, string host, bool admitted);

    [LoggerMessage(21, LogLevel.Warning, "Signalling does not take the heartbeats, so it may not hand this relay out; it relays on, and tries again: {Mistake}")]
    public static partial void HeartbeatsFail(this ILogger logger, string mistake);

    [LoggerMessage(22, LogLevel.Information, "Signalling says that another generation takes the place of {Generation}")]
    public static partial void ToldToDrain(this ILogger logger, string generation);

    [LoggerMessage(23, LogLevel.Information, "Signalling revoked {Subjects} subjects")]
    public static partial void Revoked(this ILogger logger, int subjects);

    [LoggerMessage(18, LogLevel.Warning, "The instance metadata service does not answer, so addresses come from the interfaces: {Mistake}")]
    public static partial void MetadataSilent(this ILogger logger, string mistake);

    [LoggerMessage(24, LogLevel.Information, "No longer listening on {Transport} {Address}, which this host has no more; its sockets are kept for a while")]
    public static partial void NotListening(this ILogger logger, ClientTransport transport, TransportAddress address);

    [LoggerMessage(25, LogLevel.Warning, "Cannot listen on {Address}, an address that this host has now; tried again every second")]
    public static partial void ListenerRefused(this ILogger logger, TransportAddress address, Exception failure);

    [LoggerMessage(26, LogLevel.Warning, "{Key}: {Wished} bytes were asked for, this system grants {Granted}; on Linux raise net.core.rmem_max and net.core.wmem_max")]
    public static partial void SmallerBuffers(this ILogger logger, string key, int wished, int granted);

    [LoggerMessage(50, LogLevel.Information, "File descriptors: the limit of {Limit} leaves {Room} for connections and relayed addresses; {Used} are in use, {Reserve} are kept in reserve")]
    public static partial void Descriptors(this ILogger logger, long limit, long room, int used, int reserve);

    [LoggerMessage(51, LogLevel.Warning, "File descriptors: the limit of {Limit} leaves {Room} for connections and relayed addresses, fewer than the {Wanted} of the settings; {Used} are in use, {Reserve} are kept in reserve; raise it (ulimit -n, LimitNOFILE=)")]
    public static partial void FewDescriptors(this ILogger logger, long limit, long room, int used, int reserve, long wanted);

    [LoggerMessage(30, LogLevel.Information, "Metrics are sent to {Collector}")]
    public static partial void MetricsExported(this ILogger logger, string collector);

    [LoggerMessage(31, LogLevel.Warning, "Metrics are sent nowhere: {Mistake}")]
    public static partial void MetricsNotExported(this ILogger logger, string mistake);

    [LoggerMessage(32, LogLevel.Warning, "Metrics do not reach their collector; everything else goes on, and this is not said again within an hour: {Mistake}")]
    public static partial void MetricsFail(this ILogger logger, string mistake);
}
