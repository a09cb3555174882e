using System.Diagnostics.Metrics;
using System.Globalization;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Diagnostics;

/// <summary>The service's meter and its counters. The owner of a number registers its gauge with <see cref="AddGauge"/>.</summary>
internal sealed class SignallingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Causeway.Signalling";

    private readonly Meter _meter;
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

    public SignallingMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _upgrades = meter.CreateCounter<long>("causeway.signalling.upgrades", "{request}", "Requests for a WebSocket, by outcome");
        _closed = meter.CreateCounter<long>("causeway.signalling.connections.closed", "{connection}",
            "Closed connections, by close code and side");
        _gaveWay = meter.CreateCounter<long>("causeway.signalling.connections.gave_way", "{connection}",
            "Connections without a session, closed to make room for newer ones");
        _joined = meter.CreateCounter<long>("causeway.signalling.sessions.joined", "{session}", "Started sessions");
        _resumed = meter.CreateCounter<long>("causeway.signalling.sessions.resumed", "{session}", "Resumed sessions");
        _ended = meter.CreateCounter<long>("causeway.signalling.sessions.ended", "{session}", "Ended sessions, by reason");
        _received = meter.CreateCounter<long>("causeway.signalling.messages.received", "{message}", "Messages from clients, by type");
        _refused = meter.CreateCounter<long>("causeway.signalling.messages.refused", "{message}",
            "Messages from clients that were answered with an error, by code");
        _signals = meter.CreateCounter<long>("causeway.signalling.signals", "{message}", "Signals between members, by outcome");
        _moved = meter.CreateCounter<long>("causeway.signalling.relays.moved", "{session}",
            "Sessions that got new ICE servers because their relay drains or is lost");
        _fleetRefused = meter.CreateCounter<long>("causeway.signalling.relays.refused", "{request}",
            "Refused heartbeats and admissions, by reason");
    }

    /// <summary>Adds a gauge, read whenever metrics are collected.</summary>
    /// <param name="name">The name, beginning with <c>causeway.signalling.</c>.</param>
    /// <param name="observe">Reads the value.</param>
    /// <param name="unit">The unit (UCUM).</param>
    /// <param name="description">The description that collectors show.</param>
    public void AddGauge<T>(string name, Func<T> observe, string unit, string description) where T : struct =>
        _meter.CreateObservableGauge(name, observe, unit, description);

    /// <summary>A request for a WebSocket was answered.</summary>
    public void Upgrade(string outcome) => _upgrades.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A connection ended. Clients may close with any code; codes that the protocol does not have share one series.</summary>
    public void Closed(CloseCode? code, bool byClient) => _closed.Add(
        1,
        new("code", code is not { } known ? "none" : Enum.IsDefined(known) ? ((int)known).ToString(CultureInfo.InvariantCulture) : "other"),
        new("side", byClient ? "client" : "server"));

    /// <summary>A connection without a session was closed to make room for a newer one.</summary>
    public void ConnectionGaveWay() => _gaveWay.Add(1);

    /// <summary>A session started.</summary>
    public void SessionJoined() => _joined.Add(1);

    /// <summary>A session was resumed.</summary>
    public void SessionResumed() => _resumed.Add(1);

    /// <summary>A session ended.</summary>
    public void SessionEnded(string reason) => _ended.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A valid message arrived.</summary>
    public void Received(ClientMessage message) => _received.Add(1, new KeyValuePair<string, object?>("type", WireJson.TypeOf(message)));

    /// <summary>A message was answered with an error.</summary>
    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <summary>A session got new ICE servers because its relay drains or is lost.</summary>
    public void Moved() => _moved.Add(1);

    /// <summary>A heartbeat or an admission was refused.</summary>
    public void FleetRefused(string reason) => _fleetRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A signal was delivered or refused.</summary>
    /// <param name="outcome"><c>taken</c>, <c>duplicate</c>, or one of <see cref="ErrorCodes"/>.</param>
    public void Signal(string outcome) => _signals.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
