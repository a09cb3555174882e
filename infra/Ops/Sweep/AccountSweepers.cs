using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>Everything that finds and removes in an account: each region that was asked for, us-east-1, and what is in no region.</summary>
internal sealed class AccountSweepers : IDisposable
{
    private readonly List<ISweeper> _all = [];
    private readonly RecordSweeper _records;

    /// <summary>Prepares them; nothing is asked yet.</summary>
    /// <param name="session">The account.</param>
    /// <param name="calls">How it is asked.</param>
    /// <param name="regions">The regions that were asked for.</param>
    public AccountSweepers(AwsSession session, SweepCalls calls, IReadOnlyCollection<string> regions)
    {
        // Alarms of health checks, and their topics, are there for the stacks of all regions, and health checks are listed there.
        var global = new TagIndex(session, calls, SignedHosts.Global);
        foreach (var region in regions.Append(SignedHosts.Global).Distinct())
        {
            var index = region == SignedHosts.Global ? global : new(session, calls, region);
            _all.AddRange([new AlarmSweeper(session, calls, index, region), new TopicSweeper(session, calls, index, region)]);
            if (!regions.Contains(region)) continue;
            _all.AddRange(
            [
                new Ec2Sweeper(session, calls, region), new BucketSweeper(session, calls, region),
                new SecretSweeper(session, calls, index, region), new LogGroupSweeper(session, calls, index, region),
            ]);
        }
        _records = new(session, calls, (found, cancellation) => Of(found).ReadAsync(found, cancellation));
        _all.AddRange([new HealthCheckSweeper(session, calls, global), new RoleSweeper(session, calls), _records]);
    }

    /// <summary>Who reads and removes a resource.</summary>
    public ISweeper Of(FoundResource found) => _all.First(sweeper => sweeper.Region == found.Region && sweeper.Kinds.Contains(found.Kind));

    /// <summary>Finds everything at once, then the records of some stacks.</summary>
    /// <param name="withRecords">Whether a stack's records are looked for.</param>
    /// <param name="domainOf">The domain of a stack that its health checks do not tell any more; null where it is not known.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<FoundAccount> FindAsync(
        Func<FoundStack, bool> withRecords, Func<FoundStack, string?> domainOf, CancellationToken cancellation)
    {
        var missed = new List<NotLooked>();
        var tables = await Task.WhenAll(_all.SelectMany(sweeper => sweeper.Kinds, (sweeper, kind) =>
            OrMissedAsync(() => sweeper.FindAsync(kind, cancellation), reason => new(kind, sweeper.Region, null, reason))));
        var found = tables.SelectMany(some => some).ToList();
        var records = (await Task.WhenAll(FoundStack.Group(found).Where(withRecords).Select(stack => OrMissedAsync(
            () => _records.FindAsync(stack, stack.Domain ?? domainOf(stack), cancellation),
            reason => new(SweepKinds.Record, FoundResource.Global, stack, reason))))).SelectMany(some => some);
        found.AddRange(records);
        return new(FoundStack.Group(found), [.. found.Where(IsStray)], missed);

        async Task<IReadOnlyList<FoundResource>> OrMissedAsync(
            Func<Task<IReadOnlyList<FoundResource>>> find, Func<string, NotLooked> describe)
        {
            try
            {
                return await find();
            }
            catch (RefusedException refused)
            {
                lock (missed) missed.Add(describe(refused.Message));
                return [];
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var one in _all.OfType<IDisposable>()) one.Dispose();
    }

    // A bucket or a role of another project may be named as ours are.
    private static bool IsStray(FoundResource found) =>
        found.StackTags is { } tags ? tags is { Ours: true, Stack: null } : found.Unread is not null;
}
