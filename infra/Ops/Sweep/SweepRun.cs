using System.Collections.Concurrent;
using System.Net;
using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>A resource that is left over, and why.</summary>
/// <param name="Resource">The resource, as it was last seen.</param>
/// <param name="Reason">Why it is there.</param>
internal sealed record Leftover(FoundResource Resource, string Reason);

/// <summary>
/// Removes one stack: kind after kind in the order of <see cref="SweepKinds.All"/>, the resources of a kind at once. Each is read again
/// right before it is removed, and waited for until it is gone. What is refused is left with its reason, and the rest goes on. Another
/// sweep, or the next one after an interruption, finds what is there then: that something is gone is a success.
/// </summary>
/// <param name="stack">The stack, which the judge does not spare.</param>
/// <param name="unseen">Why the stack's records could not be looked for; null when they were.</param>
/// <param name="today">The day (UTC).</param>
/// <param name="named">Whether the stack was named, and may be removed before its day.</param>
/// <param name="sweepers">Who reads and removes.</param>
/// <param name="calls">The pace of it.</param>
/// <param name="tell">Takes a line of progress.</param>
internal sealed class SweepRun(
    FoundStack stack, string? unseen, DateOnly today, bool named, Func<FoundResource, ISweeper> sweepers, SweepCalls calls,
    Action<string> tell)
{
    // A line in so much time for what is waited for.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Leftover> _left = new();
    private readonly ConcurrentDictionary<string, Task> _kinds = new();
    private int _removed;

    /// <summary>How many resources were removed, or were gone by themselves.</summary>
    public int Removed => _removed;

    /// <summary>Removes the stack.</summary>
    /// <returns>What is left over; empty when nothing is.</returns>
    public async Task<IReadOnlyList<Leftover>> RemoveAsync(CancellationToken cancellation)
    {
        // Each kind comes behind those that are removed before it, so their tasks are there.
        foreach (var kind in SweepKinds.All) _kinds[kind.Name] = RemoveKindAsync(kind, cancellation);
        await Task.WhenAll(_kinds.Values);
        return [.. _left];
    }

    private async Task RemoveKindAsync(SweepKind kind, CancellationToken cancellation)
    {
        await Task.WhenAll(kind.After.Select(before => _kinds[before]));
        await Task.WhenAll(stack.Of(kind.Name).Select(resource => RemoveAsync(resource, cancellation)));
    }

    private async Task RemoveAsync(FoundResource resource, CancellationToken cancellation)
    {
        try
        {
            if (SweepJudge.OutlivesItsStack(resource)) return;
            if (Named(resource) is { } name) throw new RefusedException(RefusalKind.Final, name);
            await UntilGoneAsync(resource, cancellation);
            Interlocked.Increment(ref _removed);
            tell($"removed {Words(resource)}");
        }
        catch (RefusedException refused)
        {
            _left.Enqueue(new(resource, refused.Message));
            tell($"left {Words(resource)}: {refused.Message}");
        }
    }

    // Whoever gets an address next that a name still points to would answer under that name.
    private string? Named(FoundResource resource)
    {
        if (resource.Kind is not (SweepKinds.ElasticIp or SweepKinds.NetworkInterface)) return null;
        if (resource.Get(Fact.Address) is not { } addresses) return null;
        if (unseen is not null) return $"a DNS record may point to it, and they could not be listed: {unseen}";
        var own = addresses.Split(' ').Select(IPAddress.Parse).ToHashSet();
        var record = _left.Select(left => left.Resource).FirstOrDefault(left => left.Kind == SweepKinds.Record
            && left.Get(Fact.Values)!.Split('\n').Any(value => IPAddress.TryParse(value, out var address) && own.Contains(address)));
        return record is null ? null : $"the DNS record {record.Name} still points to it";
    }

    // Read, judge, remove, read again until it is gone. A removal that is refused because something is in use is tried again, unless what
    // uses it is left.
    private async Task UntilGoneAsync(FoundResource resource, CancellationToken cancellation)
    {
        var sweeper = sweepers(resource);
        var (start, told) = (calls.Time.GetTimestamp(), calls.Time.GetTimestamp());
        var blocked = SweepKinds.Of(resource.Kind).After.Any(before => _left.Any(left => left.Resource.Kind == before));
        var (asked, asks, refusals) = (false, 0, 0);
        string? refusal = null;
        for (var tried = 1; ; tried++)
        {
            if (await sweeper.ReadAsync(resource, cancellation) is not { } now) return;
            if (SweepJudge.Spares(now, stack, today, named) is { } reason) throw new RefusedException(RefusalKind.Final, reason);
            // Asked once, it goes by itself: an instance takes minutes, and what was deleted is listed for some seconds more.
            if (!asked || refusal is not null)
            {
                try
                {
                    await sweeper.RemoveAsync(now, cancellation);
                    (asked, refusal) = (true, null);
                    // Most kinds are gone at once.
                    if (asks++ == 0) continue;
                }
                catch (RefusedException gone) when (gone.Kind == RefusalKind.Gone)
                {
                    return;
                }
                catch (RefusedException used) when (used.Kind == RefusalKind.InUse && !blocked && ++refusals < calls.Pace.Removals)
                {
                    refusal = used.Message;
                }
            }
            if (calls.Time.GetElapsedTime(start) >= calls.Pace.Longest)
                throw new RefusedException(RefusalKind.Final,
                    refusal ?? $"it is still there after {calls.Pace.Longest.TotalMinutes:0.#} minutes ({now.State ?? "removed"})");
            if (calls.Time.GetElapsedTime(told) >= Quiet)
            {
                told = calls.Time.GetTimestamp();
                tell($"waiting for {Words(now)}: {refusal ?? now.State ?? "it is still listed"}");
            }
            await calls.PauseAsync(Math.Min(tried, 5), cancellation);
        }
    }

    private static string Words(FoundResource resource) => resource switch
    {
        { Kind: SweepKinds.Record } => $"{resource.Kind} {resource.Name} {resource.State}",
        _ when resource.Name == resource.Id || resource.Id.StartsWith("arn:", StringComparison.Ordinal) =>
            $"{resource.Kind} {resource.Name}",
        _ => $"{resource.Kind} {resource.Name} ({resource.Id})",
    };
}
