using System.Text.Json.Nodes;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Probing;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Admin;

/// <summary>What the admin interface asks of a relay. Thread-safe.</summary>
internal interface IRelayAdmin
{
    /// <summary>Whether new allocations are refused.</summary>
    bool IsDraining { get; }

    /// <summary>Whether new clients should be sent elsewhere.</summary>
    bool IsFull { get; }

    /// <summary>Live allocations, those of the relay's probes included.</summary>
    int Allocations { get; }

    /// <summary>The capacity.</summary>
    RelayCapacity Capacity { get; }

    /// <summary>The metrics.</summary>
    RelayMetrics Metrics { get; }

    /// <summary>The bearer tokens of operators; empty if none is needed on loopback.</summary>
    IReadOnlyList<string> AdminTokens { get; }

    /// <summary>Relays a probe over each listener, or returns the last result if it is only seconds old.</summary>
    Task<IReadOnlyList<ProbeResult>> ProbeAsync(CancellationToken cancellation);

    /// <summary>Lists clients' sessions, in short turns that media doesn't wait for.</summary>
    SessionPage Sessions(SessionCursor from, int max);

    /// <summary>Gets a client's session; null if it has ended.</summary>
    RelaySession? Session(AllocationId id);

    /// <summary>Ends a client's session; false if it has ended before.</summary>
    bool EndSession(AllocationId id);

    /// <summary>Refuses new allocations; existing ones continue.</summary>
    void Drain();

    /// <summary>Accepts new allocations again; false while the relay stops.</summary>
    bool Undrain();

    /// <summary>Ends a subject's allocations and refuses its requests.</summary>
    /// <returns>The number of allocations that ended.</returns>
    int Revoke(string subject, DateTimeOffset until);

    /// <summary>The settings in use, without secrets.</summary>
    JsonObject Settings();

    /// <summary>Reloads the settings; null if they can't be reloaded from here.</summary>
    ReloadOutcome? Reload();
}

/// <summary>What a reload did.</summary>
/// <param name="Changed">The settings and files that changed and are in use now.</param>
/// <param name="NeedsRestart">The changed settings that need a restart.</param>
/// <param name="Mistakes">The mistakes, with which nothing has changed.</param>
internal sealed record ReloadOutcome(IReadOnlyList<string> Changed, IReadOnlyList<string> NeedsRestart, IReadOnlyList<string> Mistakes);

/// <summary>Some sessions.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="Next">Where the next page begins; null after the last one.</param>
internal sealed record SessionPage(IReadOnlyList<RelaySession> Sessions, SessionCursor? Next);
