using System.Diagnostics.Metrics;
using System.Globalization;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Relays;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Hosting;

/// <summary>What the service counts, under the meter <see cref="Name"/>.</summary>
internal sealed class SignallingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Causeway.Signalling";

    private readonly Counter<long> _upgrades;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _gaveWay;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _resumed;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _received;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _signals;
    private readonly Counter<long> _moved;
    private readonly Counter<long> _fleetRefused;

    /// <summary>Makes the meter.</summary>
    public SignallingMetrics(IMeterFactory meters, SessionDirectory directory, RelayRegistry relays, KeptBytes kept)
    {
        var meter = meters.Create(Name);
        _upgrades = meter.CreateCounter<long>("causeway.signalling.upgrades", "{request}", "Requests for a WebSocket, by outcome");
        _closed = meter.CreateCounter<long>("causeway.signalling.connections.closed", "{connection}", "Connections that ended, by close code and side");
        _gaveWay = meter.CreateCounter<long>(
            "causeway.signalling.connections.gave_way", "{connection}", "Connections without a session that were closed for newer ones");
        _joined = meter.CreateCounter<long>("causeway.signalling.sessions.joined", "{session}", "Sessions begun");
        _resumed = meter.CreateCounter<long>("causeway.signalling.sessions.resumed", "{session}", "Sessions taken up again");
        _ended = meter.CreateCounter<long>("causeway.signalling.sessions.ended", "{session}", "Sessions ended, by reason");
        _received = meter.CreateCounter<long>("causeway.signalling.messages.received", "{message}", "Messages of clients, by type");
        _refused = meter.CreateCounter<long>("causeway.signalling.messages.refused", "{message}", "Messages of clients that were answered with an error, by code");
        _signals = meter.CreateCounter<long>("causeway.signalling.signals", "{message}", "Signals between members, by outcome");
        _moved = meter.CreateCounter<long>("causeway.signalling.relays.moved", "{session}", "Sessions handed fresh servers because their relay drains or is gone");
        _fleetRefused = meter.CreateCounter<long>("causeway.signalling.relays.refused", "{request}", "Heartbeats and admissions refused, by reason");
        meter.CreateObservableGauge("causeway.signalling.relays", () => relays.View().Known, "{relay}", "Relays that send heartbeats");
        meter.CreateObservableGauge("causeway.signalling.relays.usable", () => relays.View().Usable.Count, "{relay}", "Relays that are ready and admitted");
        meter.CreateObservableGauge("causeway.signalling.relays.full", () => relays.View().Full, "{relay}", "Relays that have no room for somebody new");
        meter.CreateObservableGauge("causeway.signalling.sessions", () => directory.Sessions, "{session}", "Sessions, those waiting for their client included");
        meter.CreateObservableGauge("causeway.signalling.kept", () => kept.Count, "By", "Bytes of messages kept for clients");
        meter.CreateObservableGauge("causeway.signalling.rooms", () => directory.Rooms, "{room}", "Rooms that have members here");
    }

    /// <summary>A request for a WebSocket was answered.</summary>
    public void Upgrade(string outcome) => _upgrades.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A connection ended. A client may close with any code; only those of the protocol are told apart, so that the series stay few.</summary>
    public void Closed(ConnectionEnd end) => _closed.Add(
        1,
        new("code", end.Code is not { } code ? "none" : Enum.IsDefined(code) ? ((int)code).ToString(CultureInfo.InvariantCulture) : "other"),
        new("side", end.ByClient ? "client" : "server"));

    /// <summary>A connection without a session was closed for a newer one.</summary>
    public void ConnectionGaveWay() => _gaveWay.Add(1);

    /// <summary>A session began.</summary>
    public void SessionJoined() => _joined.Add(1);

    /// <summary>A session was taken up again.</summary>
    public void SessionResumed() => _resumed.Add(1);

    /// <summary>A session ended.</summary>
    public void SessionEnded(string reason) => _ended.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A well-formed message came.</summary>
    public void Received(ClientMessage message) => _received.Add(1, new KeyValuePair<string, object?>("type", message switch
    {
        Hello => "hello",
        SendSignal => "signal",
        SendAck => "ack",
        Leave => "leave",
        _ => "ping",
    }));

    /// <summary>A message was answered with an error.</summary>
    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <summary>A session was handed fresh servers because its relay drains or is gone.</summary>
    public void Moved() => _moved.Add(1);

    /// <summary>A heartbeat or an admission was refused.</summary>
    public void FleetRefused(string reason) => _fleetRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A signal was brought to its receiver, or not.</summary>
    public void Signal(DeliveryOutcome outcome) => _signals.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        DeliveryOutcome.Taken => "taken",
        DeliveryOutcome.Duplicate => "duplicate",
        DeliveryOutcome.Full => ErrorCodes.OutboxFull,
        DeliveryOutcome.Gap => ErrorCodes.Gap,
        _ => ErrorCodes.NoSuchMember,
    }));
}
