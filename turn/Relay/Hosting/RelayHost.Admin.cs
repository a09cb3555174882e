using System.Text.Json.Nodes;
using Causeway.Relay.Admin;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Settings;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Hosting;

/// <summary>What the admin interface asks of the relay.</summary>
public sealed partial class RelayHost
{
    // A shard's clients wait for no more than these at once, some microseconds.
    private const int SessionsAtOnce = 50;

    /// <summary>Reloads the settings from where they came; null where only the owner of the process can.</summary>
    internal Func<ReloadOutcome>? Reloading { get; set; }

    RelayMetrics IRelayAdmin.Metrics => Metrics;

    IReadOnlyList<string> IRelayAdmin.AdminTokens => _configuration.AdminTokens;

    SessionPage IRelayAdmin.Sessions(SessionCursor from, int max)
    {
        var sessions = new List<RelaySession>();
        var (shard, slot) = (from.Shard, from.Slot);
        while (shard < _shards.Count && sessions.Count < max)
        {
            var most = int.Min(SessionsAtOnce, max - sessions.Count);
            var page = _engine.Call(shard, (core, now) => core.Sessions(slot, most, now));
            sessions.AddRange(page.Sessions ?? []);
            (shard, slot) = page.Next is { } next ? (shard, next) : (shard + 1, 0);
        }

        return new(sessions, shard < _shards.Count ? new(shard, slot) : null);
    }

    RelaySession? IRelayAdmin.Session(AllocationId id) => _engine.Call(id.Shard, (core, now) => core.Session(id, now));

    bool IRelayAdmin.EndSession(AllocationId id)
    {
        if (!_engine.Call(id.Shard, (core, now) => core.HandleRemoved(id, now))) return false;
        _logger.EndedByOperator(id);
        return true;
    }

    int IRelayAdmin.Revoke(string subject, DateTimeOffset until)
    {
        _shared.Revoke(subject, until.ToUnixTimeSeconds());
        var ended = Enumerable.Range(0, _shards.Count).Sum(shard => _engine.Call(shard, (core, now) => core.HandleRevoked(subject, now)));
        _logger.RevokedByOperator(until, ended);
        return ended;
    }

    JsonObject IRelayAdmin.Settings()
    {
        lock (_reloading) return EffectiveSettings.InUse(_started, _options, Reloadable, _configuration);
    }

    ReloadOutcome? IRelayAdmin.Reload() => Reloading?.Invoke();
}
