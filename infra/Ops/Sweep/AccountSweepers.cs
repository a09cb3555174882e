using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>All sweepers of an account: for each selected region, us-east-1 and global resources.</summary>
internal sealed class AccountSweepers : IDisposable
{
    private readonly List<ISweeper> _all = [];
    private readonly RecordSweeper _records;

    /// <summary>Creates the sweepers, without requests.</summary>
    /// <param name="session">The session.</param>
    /// <param name="calls">Sends requests.</param>
    /// <param name="regions">The selected regions.</param>
    public AccountSweepers(AwsSession session, SweepCalls calls, IReadOnlyCollection<string> regions)
    {
        // For stacks in all regions, alarms of health checks and their topics are in us-east-1, where health checks are listed too.
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

    /// <summary>The sweeper of a resource.</summary>
    public ISweeper Of(FoundResource found) => _all.First(sweeper => sweeper.Region == found.Region && sweeper.Kinds.Contains(found.Kind));

    /// <summary>Finds all resources at once, and then the DNS records of some stacks.</summary>
    /// <param name="withRecords">Whether to find a stack's records.</param>
    /// <param name="domainOf">The domain of a stack without health checks; null if unknown.</param>
    /// <param name="cancellation">Cancels the search.</param>
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

    public void Dispose()
    {
        foreach (var one in _all.OfType<IDisposable>()) one.Dispose();
    }

    // Buckets and roles of other projects may have similar names.
    private static bool IsStray(FoundResource found) =>
        found.StackTags is { } tags ? tags is { Ours: true, Stack: null } : found.Unread is not null;
}
