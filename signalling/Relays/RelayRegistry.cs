using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Relays;

/// <summary>
/// The relays with recent heartbeats, in memory only: after a restart a node knows them all within one interval. It is not a grain: each
/// relay sends its heartbeats to each node, so nodes have nothing to agree on.
/// </summary>
/// <remarks>
/// Until an admission arrives, which is so after every start, the relays of this host's own generation count as admitted: no client reaches
/// a host before the gate has accepted its relay. Other generations are neither handed out nor drained then. If there are no others,
/// clients get the relays in the settings, because a call must always get through.
/// </remarks>
internal sealed class RelayRegistry
{
    /// <summary>The most relays; a holder of the key could otherwise fill the memory.</summary>
    public const int Capacity = 256;

    /// <summary>
    /// The number of relays a client gets: a second one in case the first cannot be reached, and no more, because each costs allocations.
    /// </summary>
    public const int HandedOut = 2;

    // As long as a recorded heartbeat could be replayed.
    private static readonly TimeSpan SequencesKept = TimeSpan.FromSeconds(2 * FleetSignature.WindowSeconds);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _relays = new(StringComparer.Ordinal);
    private readonly RelayFleetOptions _options;
    private readonly TimeProvider _time;
    private readonly RevocationLog _revocations;
    private readonly RetiredGenerations _retired = new();
    private Admission? _admission;

    public RelayRegistry(IOptions<SignallingOptions> settings, SignallingMetrics metrics, TimeProvider time)
    {
        (_options, _time, _revocations) = (settings.Value.Relays, time, new(time));
        metrics.AddGauge("causeway.signalling.relays", () => View().Known, "{relay}", "Relays that send heartbeats");
        metrics.AddGauge("causeway.signalling.relays.usable", () => View().Usable.Count, "{relay}", "Relays that are ready and admitted");
        metrics.AddGauge("causeway.signalling.relays.full", () => View().Full, "{relay}", "Relays without room for new clients");
    }

    /// <summary>Whether this node takes heartbeats.</summary>
    public bool IsOn => _options.HeartbeatKeysFile is not null;

    /// <summary>Takes a heartbeat with a valid signature.</summary>
    /// <param name="heartbeat">The heartbeat.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>The answer; null if it was refused.</returns>
    public HeartbeatAnswer? Take(Heartbeat heartbeat, out HeartbeatFault? fault)
    {
        lock (_gate)
        {
            fault = null;
            if (FleetSignature.ClockFault(_time.GetUtcNow().ToUnixTimeSeconds(), heartbeat.Time) is { } clock) fault = new("stale", clock);
            else if (_relays.TryGetValue(heartbeat.Relay, out var known) && heartbeat.Sequence <= known.Heartbeat.Sequence)
                fault = new(
                    "replayed",
                    $"sequence: {heartbeat.Sequence} is not above {known.Heartbeat.Sequence}, the last of {heartbeat.Relay}; does "
                    + "another relay use its name (relay.heartbeat.id)?");
            else if (known is null && !HasRoom()) fault = new(HeartbeatFault.Full, $"{Capacity} relays are known already");
            if (fault is not null) return null;

            _relays[heartbeat.Relay] = new(heartbeat, _time.GetTimestamp());
            var (revoke, heard) = _revocations.After(heartbeat.Heard);
            return new()
            {
                Admitted = IsAdmitted(heartbeat.Generation),
                Drain = _retired.Contains(heartbeat.Generation),
                Revoke = revoke,
                Heard = heard,
            };
        }
    }

    /// <summary>Takes an admission with a valid signature.</summary>
    /// <param name="admission">The admission.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>The answer; null if the admission's time is off.</returns>
    public AdmissionAnswer? Admit(Admission admission, out string? fault)
    {
        lock (_gate)
        {
            fault = FleetSignature.ClockFault(_time.GetUtcNow().ToUnixTimeSeconds(), admission.Issued / 1000);
            if (fault is not null) return null;
            var reason =
                admission.Host is { } host && host != _options.Generation ? $"it is meant for a host of generation {host}"
                : _admission is { } last && last.Issued > admission.Issued ? $"another one was issued later, at {last.Issued}"
                : null;
            if (reason is null)
            {
                _retired.Change(_admission?.Generations ?? [], Alive().Select(known => known.Heartbeat.Generation), admission.Generations);
                _admission = admission;
            }

            return new()
            {
                Host = _options.Generation,
                Applied = reason is null,
                Ready = Admitted(RelayState.Ready, RelayState.Full).Count,
                Reason = reason,
            };
        }
    }

    /// <summary>Makes the relays refuse a subject.</summary>
    public void Revoke(Revocation revocation)
    {
        lock (_gate) _revocations.Add(revocation);
    }

    /// <summary>Gets the relays as they are now.</summary>
    public RelayView View()
    {
        lock (_gate)
        {
            var alive = Alive().Select(known => known.Heartbeat).ToList();
            return new(
                alive.Count,
                alive.Count(relay => relay.State == RelayState.Ready),
                alive.Count(relay => relay.State == RelayState.Full),
                alive.Count(relay => relay.State == RelayState.Draining),
                _admission is not null,
                Admitted(RelayState.Ready),
                Admitted(RelayState.Full));
        }
    }

    private List<Heartbeat> Admitted(params RelayState[] states)
    {
        return
        [
            .. Alive()
                .Select(known => known.Heartbeat)
                .Where(relay => states.Contains(relay.State) && IsAdmitted(relay.Generation))
                .OrderBy(relay => (double)relay.Load.Allocations / relay.Load.Capacity)
                .ThenBy(relay => relay.Load.BytesPerSecond)
                .ThenBy(relay => relay.Relay, StringComparer.Ordinal),
        ];
    }

    private IEnumerable<Known> Alive() => _relays.Values.Where(known => _time.GetElapsedTime(known.SeenAt) < _options.Timeout);

    private bool IsAdmitted(string generation)
    {
        if (_options.AdmitAtOnce) return true;
        return _admission?.Generations.Contains(generation) ?? (generation.Length > 0 && generation == _options.Generation);
    }

    private bool HasRoom()
    {
        if (_relays.Count < Capacity) return true;
        foreach (var (relay, known) in _relays)
        {
            if (_time.GetElapsedTime(known.SeenAt) > _options.Timeout + SequencesKept) _relays.Remove(relay);
        }

        return _relays.Count < Capacity;
    }

    private sealed record Known(Heartbeat Heartbeat, long SeenAt);
}

/// <summary>Why a heartbeat was refused.</summary>
/// <param name="Reason">One word, for metrics.</param>
/// <param name="Message">What is wrong and how to fix it.</param>
internal sealed record HeartbeatFault(string Reason, string Message)
{
    /// <summary>Too many relays are known.</summary>
    public const string Full = "full";
}

/// <summary>The relays at one moment.</summary>
/// <param name="Known">Relays with recent heartbeats.</param>
/// <param name="Ready">Those that are ready.</param>
/// <param name="Full">Those that relay but have no room for new clients.</param>
/// <param name="Draining">Those that drain.</param>
/// <param name="AdmissionKnown">Whether an admission has arrived since the start.</param>
/// <param name="Usable">Those that are ready and admitted, the least busy first.</param>
/// <param name="Filled">Those that are full and admitted: their clients stay, new clients get others.</param>
internal sealed record RelayView(
    int Known, int Ready, int Full, int Draining, bool AdmissionKnown, IReadOnlyList<Heartbeat> Usable, IReadOnlyList<Heartbeat> Filled);
