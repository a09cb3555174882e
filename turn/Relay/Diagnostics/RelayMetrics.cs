using System.Diagnostics.Metrics;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Diagnostics;

/// <summary>One value of a metric.</summary>
/// <param name="Value">The value.</param>
/// <param name="Label">The label, as name and value of <c>reason="malformed"</c>; null without one.</param>
public readonly record struct RelaySample(long Value, KeyValuePair<string, string>? Label = null);

/// <summary>A metric, defined once for <c>System.Diagnostics.Metrics</c> and the Prometheus text.</summary>
/// <param name="Name">The name in OpenTelemetry's form, as <c>causeway.relay.drops</c>.</param>
/// <param name="Unit">The UCUM unit, as <c>By</c> or <c>{packet}</c>.</param>
/// <param name="Description">A short description.</param>
/// <param name="IsGauge">Whether it is a gauge; otherwise it is a counter.</param>
/// <param name="Read">Reads the current values.</param>
public sealed record RelayMetric(string Name, string Unit, string Description, bool IsGauge, Func<IEnumerable<RelaySample>> Read);

/// <summary>The relay's metrics, read from the counters of shards and engine on request.</summary>
internal sealed class RelayMetrics : IDisposable
{
    /// <summary>The meter's name, for collectors.</summary>
    public const string MeterName = "Causeway.Relay";

    private readonly Meter _meter = new(MeterName);
    private readonly RelayStatus _status;

    public RelayMetrics(RelayStatus status)
    {
        _status = status;
        All =
        [
            Gauge("causeway.relay.allocations", "{allocation}", "Live allocations", () => status.Allocations),
            Gauge("causeway.relay.addresses", "{address}", "Relayed addresses in use, including reserved ones",
                () => status.Capacity.Taken),
            Gauge("causeway.relay.capacity", "{address}", "Maximum relayed addresses: the smallest of quota, ports and memory",
                () => status.Capacity.Total),
            Gauge("causeway.relay.full", "1", "1 while the relay has no capacity for new clients", () => status.IsFull ? 1 : 0),
            Gauge("causeway.relay.connections", "{connection}", "Open connections of TCP and TLS clients", () => status.Connections),
            Gauge("causeway.relay.peer.connections", "{connection}", "TCP connections to peers (RFC 6062), including those being opened",
                () => status.PeerConnections),
            Gauge("causeway.relay.users", "{user}", "Static users in the settings", () => status.StaticUsers),
            Gauge("causeway.relay.draining", "1", "1 while new allocations are refused because the relay drains",
                () => status.IsDraining ? 1 : 0),
            Counter("causeway.relay.allocations.made", "{allocation}", "Allocations created", counters => counters.AllocationsCreated),
            Counter("causeway.relay.packets", "{packet}", "Packets by direction", "direction", Directions(traffic => traffic.Packets)),
            Counter("causeway.relay.bytes", "By", "Bytes by direction", "direction", Directions(traffic => traffic.Bytes)),
            Counter("causeway.relay.requests", "{request}", "Requests by method", "method",
                ByMethod((counters, method) => counters.Requests(method))),
            Counter("causeway.relay.successes", "{response}", "Success responses by method", "method",
                ByMethod((counters, method) => counters.Successes(method))),
            Counter("causeway.relay.errors", "{response}", "Error responses by code", "code",
                [.. Enum.GetValues<StunErrorCode>().Select(code => Series(code.ToString("D"), counters => counters.Errors(code)))]),
            Counter("causeway.relay.drops", "{packet}", "Packets dropped by the protocol, by reason", "reason",
                [.. Enum.GetValues<DropReason>().Select(reason => Series(Snake(reason.ToString()), counters => counters.Drops(reason)))]),
            Counter("causeway.relay.icmp", "{message}", "ICMP errors for datagrams to peers, by what became of them", "outcome",
                [.. Enum.GetValues<PeerErrorOutcome>()
                    .Select(outcome => Series(Snake(outcome.ToString()), counters => counters.PeerErrors(outcome)))]),
            Counter("causeway.relay.challenges", "{response}", "Unauthenticated requests (401, 438), by reason", "reason",
                [.. Enum.GetValues<ChallengeReason>()
                    .Select(reason => Series(Snake(reason.ToString()), counters => counters.Challenges(reason)))]),
            Counter("causeway.relay.keepalives", "{packet}", "Binding indications, which keep NAT bindings of clients alive",
                counters => counters.Keepalives),
            Counter("causeway.relay.key.derivations", "{derivation}", "Keys derived to verify a signature",
                counters => counters.KeyDerivations),
            new("causeway.relay.connections.closed", "{connection}", "Connections refused or closed by the relay, by reason",
                false, ConnectionsClosed),
            new("causeway.relay.socket.failures", "{packet}", "Failed sends and receives, by kind", false, SocketFailures),
        ];
        foreach (var metric in All) Publish(metric);
    }

    /// <summary>Every metric.</summary>
    public IReadOnlyList<RelayMetric> All { get; }

    public void Dispose() => _meter.Dispose();

    private static (string, Func<RelayCounters, long>) Series(string label, Func<RelayCounters, long> read) => (label, read);

    private static (string, Func<RelayCounters, long>)[] ByMethod(Func<RelayCounters, StunMethod, long> read) =>
        [.. RequestMethod.All.Select(served => Series(Snake(served.Method.ToString()), counters => read(counters, served.Method)))];

    private static (string, Func<RelayCounters, long>)[] Directions(Func<TrafficCounter, long> what) =>
    [
        ("from_clients", counters => what(counters.FromClients)),
        ("to_clients", counters => what(counters.ToClients)),
        ("from_peers", counters => what(counters.FromPeers)),
        ("to_peers", counters => what(counters.ToPeers)),
        ("in_process", counters => what(counters.InProcess)),
    ];

    private IEnumerable<RelaySample> SocketFailures()
    {
        var counters = _status.EngineCounters;
        yield return new(counters.SendBufferFull, new("kind", "send_buffer_full"));
        yield return new(counters.SendOutdated, new("kind", "send_outdated"));
        yield return new(counters.SendTooLarge, new("kind", "send_too_large"));
        yield return new(counters.SendUnreachable, new("kind", "send_unreachable"));
        yield return new(counters.SendFailed, new("kind", "send_failed"));
        yield return new(counters.SendRetried, new("kind", "send_retried"));
        yield return new(counters.ReceiveFailed, new("kind", "receive_failed"));
        yield return new(counters.ReceiveTooLarge, new("kind", "receive_too_large"));
        yield return new(counters.ReceiveBufferFull, new("kind", "receive_buffer_full"));
        yield return new(counters.RelaysNotOpened, new("kind", "relay_not_opened"));
        yield return new(counters.Unexpected, new("kind", "unexpected"));
    }

    private IEnumerable<RelaySample> ConnectionsClosed()
    {
        var counters = _status.EngineCounters;
        yield return new(counters.ConnectionsRefused, new("reason", "too_many"));
        yield return new(counters.ConnectionsDisplaced, new("reason", "displaced"));
        yield return new(counters.HandshakesFailed, new("reason", "handshake"));
        yield return new(counters.BadProxyHeaders, new("reason", "bad_proxy_header"));
        yield return new(counters.BadFrames, new("reason", "bad_frame"));
        yield return new(counters.SlowReaders, new("reason", "slow_reader"));
        yield return new(counters.Idle, new("reason", "idle"));
    }

    private static RelayMetric Gauge(string name, string unit, string description, Func<long> read) =>
        new(name, unit, description, true, () => [new(read())]);

    private RelayMetric Counter(string name, string unit, string description, Func<RelayCounters, long> read) =>
        new(name, unit, description, false, () => [new(_status.Counters.Sum(read))]);

    private RelayMetric Counter(
        string name, string unit, string description, string label, (string Value, Func<RelayCounters, long> Read)[] series) =>
        new(name, unit, description, false, () =>
            series.Select(one => new RelaySample(_status.Counters.Sum(one.Read), new(label, one.Value))));

    private void Publish(RelayMetric metric)
    {
        IEnumerable<Measurement<long>> Observe() => metric.Read().Select(sample =>
            sample.Label is { } label
                ? new Measurement<long>(sample.Value, new KeyValuePair<string, object?>(label.Key, label.Value))
                : new Measurement<long>(sample.Value));

        if (metric.IsGauge) _meter.CreateObservableGauge(metric.Name, Observe, metric.Unit, metric.Description);
        else _meter.CreateObservableCounter(metric.Name, Observe, metric.Unit, metric.Description);
    }

    private static string Snake(string name) =>
        string.Concat(name.Select((letter, index) =>
            char.IsUpper(letter) ? (index == 0 ? "" : "_") + char.ToLowerInvariant(letter) : letter.ToString()));
}
