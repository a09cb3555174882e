using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Relays;

/// <summary>
/// The relays that told this node of themselves lately, in memory only: a node that starts again knows them all after one interval of heartbeats. It is the
/// node's own and no grain, because each relay tells each node; so there is nothing to agree on, and nothing to lose with another node.
/// </summary>
/// <remarks>
/// Before any admission is known, which is so after every start, the relays of this host's own generation count as admitted: nobody is sent to a host
/// before the gate has found its relay good. Of other generations nothing is known then, so they are neither handed out nor told to drain; if they are all
/// there is, clients get the relays of the settings, for a call must always get through.
/// </remarks>
internal sealed class RelayRegistry
{
    /// <summary>Most relays; who has the key could otherwise fill the memory.</summary>
    public const int Capacity = 256;

    /// <summary>How many relays a client is handed: a second one for when the first cannot be reached, and no more, for each costs allocations.</summary>
    public const int HandedOut = 2;

    // For as long as a heartbeat that somebody recorded could still seem to be of now.
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

    /// <summary>Whether heartbeats are taken at all.</summary>
    public bool IsOn => _options.HeartbeatKeysFile is not null;

    /// <summary>Takes a heartbeat whose signature is right.</summary>
    /// <param name="heartbeat">The heartbeat.</param>
    /// <param name="fault">Why it is refused.</param>
    /// <returns>The answer; null when it is refused.</returns>
    public HeartbeatAnswer? Take(Heartbeat heartbeat, out HeartbeatFault? fault)
    {
        lock (_gate)
        {
            fault = null;
            if (FleetSignature.ClockFault(_time.GetUtcNow().ToUnixTimeSeconds(), heartbeat.Time) is { } clock) fault = new("stale", clock);
            else if (_relays.TryGetValue(heartbeat.Relay, out var known) && heartbeat.Sequence <= known.Heartbeat.Sequence)
                fault = new("replayed", $"sequence: {heartbeat.Sequence} is not above {known.Heartbeat.Sequence}, the last of {heartbeat.Relay}; does another relay have its name (relay.heartbeat.id)?");
            else if (known is null && !HasRoom()) fault = new(HeartbeatFault.Full, $"{Capacity} relays are known already");
            if (fault is not null) return null;

            _relays[heartbeat.Relay] = new(heartbeat, _time.GetTimestamp());
            var (revoke, heard) = _revocations.After(heartbeat.Heard);
            return new() { Admitted = IsAdmitted(heartbeat.Generation), Drain = _retired.Contains(heartbeat.Generation), Revoke = revoke, Heard = heard };
        }
    }

    /// <summary>Takes an admission whose signature is right.</summary>
    /// <param name="admission">The admission.</param>
    /// <param name="fault">Why it is refused.</param>
    /// <returns>The answer; null when the admission is not of now.</returns>
    public AdmissionAnswer? Admit(Admission admission, out string? fault)
    {
        lock (_gate)
        {
            fault = FleetSignature.ClockFault(_time.GetUtcNow().ToUnixTimeSeconds(), admission.Issued / 1000);
            if (fault is not null) return null;
            var reason = admission.Host is not null && admission.Host != _options.Generation ? $"it is meant for a host of generation {admission.Host}"
                : _admission is { } last && last.Issued > admission.Issued ? $"another one was issued later, at {last.Issued}"
                : null;
            if (reason is null)
            {
                _retired.Change(_admission?.Generations ?? [], Alive().Select(known => known.Heartbeat.Generation), admission.Generations);
                _admission = admission;
            }

            return new() { Host = _options.Generation, Applied = reason is null, Ready = Admitted(RelayState.Ready, RelayState.Full).Count, Reason = reason };
        }
    }

    /// <summary>Has the relays refuse a subject.</summary>
    public void Revoke(Revocation revocation)
    {
        lock (_gate) _revocations.Add(revocation);
    }

    /// <summary>The relays as they are now.</summary>
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

    private bool IsAdmitted(string generation) =>
        _options.AdmitAtOnce || (_admission is { } admission ? admission.Generations.Contains(generation) : generation.Length > 0 && generation == _options.Generation);

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

/// <summary>Why a heartbeat is refused.</summary>
/// <param name="Reason">One word, for metrics.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
internal sealed record HeartbeatFault(string Reason, string Message)
{
    /// <summary>There is no room for another relay.</summary>
    public const string Full = "full";
}

/// <summary>The relays at one moment.</summary>
/// <param name="Known">Those that are not silent.</param>
/// <param name="Ready">Those of them that are ready.</param>
/// <param name="Full">Those of them that relay and have no room for somebody new.</param>
/// <param name="Draining">Those of them that drain.</param>
/// <param name="AdmissionKnown">Whether an admission came since the start.</param>
/// <param name="Usable">Those that are ready and admitted, the least busy first.</param>
/// <param name="Filled">Those that are full and admitted: who was handed one of them stays, and nobody else is.</param>
internal sealed record RelayView(
    int Known, int Ready, int Full, int Draining, bool AdmissionKnown, IReadOnlyList<Heartbeat> Usable, IReadOnlyList<Heartbeat> Filled);
