using System.Collections.Concurrent;
using System.Net;
using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>A resource that was not deleted.</summary>
/// <param name="Resource">The resource in its last known state.</param>
/// <param name="Reason">The reason.</param>
internal sealed record Leftover(FoundResource Resource, string Reason);

/// <summary>
/// Deletes one stack: one kind after another in the order of <see cref="SweepKinds.All"/>, the resources of a kind at once. Each resource
/// is read again right before, and waited for. If AWS refuses a deletion, the rest continues. A resource that is already deleted, such as
/// by another or an interrupted sweep, counts as success.
/// </summary>
/// <param name="stack">The stack, which may be swept.</param>
/// <param name="unseen">Why the stack's DNS records couldn't be listed; null if they were.</param>
/// <param name="today">Today (UTC).</param>
/// <param name="named">Whether the stack was named, and may be deleted before it expires.</param>
/// <param name="sweepers">The sweeper of each resource.</param>
/// <param name="calls">Sends requests.</param>
/// <param name="tell">Receives lines of progress.</param>
internal sealed class SweepRun(
    FoundStack stack, string? unseen, DateOnly today, bool named, Func<FoundResource, ISweeper> sweepers, SweepCalls calls,
    Action<string> tell)
{
    // The time between two lines about a resource that is waited for.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Leftover> _left = new();
    private readonly ConcurrentDictionary<string, Task> _kinds = new();
    private int _removed;

    /// <summary>Gets the number of deleted resources, including those that others deleted.</summary>
    public int Removed => _removed;

    /// <summary>Deletes the stack.</summary>
    /// <returns>The resources that were not deleted.</returns>
    public async Task<IReadOnlyList<Leftover>> RemoveAsync(CancellationToken cancellation)
    {
        // A kind follows those that must be deleted before it, so their tasks exist.
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
            tell($"deleted {Words(resource)}");
        }
        catch (RefusedException refused)
        {
            _left.Enqueue(new(resource, refused.Message));
            tell($"can't delete {Words(resource)}: {refused.Message}");
        }
    }

    // If a DNS record still points to an address, the address's next owner could serve that name.
    private string? Named(FoundResource resource)
    {
        if (resource.Kind is not (SweepKinds.ElasticIp or SweepKinds.NetworkInterface)) return null;
        if (resource.Get(Fact.Address) is not { } addresses) return null;
        if (unseen is not null) return $"a DNS record may point to it, and they can't be listed: {unseen}";
        var own = addresses.Split(' ').Select(IPAddress.Parse).ToHashSet();
        var record = _left.Select(left => left.Resource).FirstOrDefault(left => left.Kind == SweepKinds.Record
            && left.Get(Fact.Values)!.Split('\n').Any(value => IPAddress.TryParse(value, out var address) && own.Contains(address)));
        return record is null ? null : $"the DNS record {record.Name} still points to it";
    }

    // Reads, checks and deletes a resource, and reads it again until it is gone. Retries when it is in use, unless its user stays.
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
            // Once accepted, a deletion needs no retry: an instance takes minutes, and other resources stay listed for some seconds.
            if (!asked || refusal is not null)
            {
                try
                {
                    await sweeper.RemoveAsync(now, cancellation);
                    (asked, refusal) = (true, null);
                    // Most kinds are deleted at once.
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
                    refusal ?? $"not deleted after {calls.Pace.Longest.TotalMinutes:0.#} minutes ({now.State ?? "still listed"})");
            if (calls.Time.GetElapsedTime(told) >= Quiet)
            {
                told = calls.Time.GetTimestamp();
                tell($"waiting for {Words(now)}: {refusal ?? now.State ?? "still listed"}");
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
