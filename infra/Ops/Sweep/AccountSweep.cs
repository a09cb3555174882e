using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>What a sweep is asked to do.</summary>
/// <param name="Regions">The regions.</param>
/// <param name="Stack">The stack that was named, which may be swept before its day; null for all that have expired.</param>
/// <param name="Today">The day (UTC).</param>
/// <param name="DomainOf">The domain of a stack by its file, for when its health checks are gone; null where there is none.</param>
internal sealed record SweepOrder(IReadOnlyList<string> Regions, string? Stack, DateOnly Today, Func<FoundStack, string?> DomainOf);

/// <summary>A sweep of an account: find, judge, remove.</summary>
/// <param name="session">The account.</param>
/// <param name="calls">The pace of it.</param>
/// <param name="order">What is asked for.</param>
/// <param name="tell">Takes a line of progress.</param>
internal sealed class AccountSweep(AwsSession session, SweepCalls calls, SweepOrder order, Action<string> tell)
{
    private readonly long _start = calls.Time.GetTimestamp();
    private Found? _found;

    /// <summary>Finds what there is, and judges it. Nothing is changed.</summary>
    public async Task<SweepView> LookAsync(CancellationToken cancellation) => (_found = await FindAsync(cancellation)).View;

    /// <summary>Removes what the look found: each resource is read again before it is removed.</summary>
    /// <param name="destroy">Removes a stack by its state first; says whether something may have changed. Null: not at all.</param>
    /// <param name="cancellation">Gives up; what is removed stays so.</param>
    public async Task<SweepView> RemoveAsync(Func<FoundStack, CancellationToken, Task<bool>>? destroy, CancellationToken cancellation)
    {
        var shown = _found ?? throw new InvalidOperationException("nothing was looked for");
        var found = shown;
        if (destroy is not null)
        {
            var changed = false;
            foreach (var stack in shown.Due) changed |= await destroy(stack, cancellation);
            if (changed) found = await FindAsync(cancellation);
        }

        using var sweepers = new AccountSweepers(session, calls, order.Regions);
        // Nothing is removed that was not shown before.
        var due = found.Due.Where(stack => shown.Due.Any(one => IsSame(one, stack))).ToList();
        var destroyed = int.Max(0, shown.Due.Sum(stack => Counted(stack).Count()) - due.Sum(stack => Counted(stack).Count()));
        var runs = due.Select(stack => new SweepRun(
            stack, Unseen(found.Account, stack), order.Today, order.Stack is not null, sweepers.Of, calls, tell)).ToList();
        var left = (await Task.WhenAll(runs.Select(run => run.RemoveAsync(cancellation)))).SelectMany(some => some)
            .ToDictionary(one => one.Resource, one => one.Reason);
        var leftIds = left.Keys.Select(one => (one.Kind, one.Id)).ToHashSet();
        var time = calls.Time.GetElapsedTime(_start);
        return shown.View with
        {
            InDoubt = [.. found.View.InDoubt.Where(one => !leftIds.Contains((one.Kind, one.Id)))],
            NotLooked = found.View.NotLooked,
            Removal = new(destroyed + runs.Sum(run => run.Removed), [.. Rows(left)], calls.Count, time.TotalSeconds),
        };
    }

    private sealed record Found(FoundAccount Account, IReadOnlyList<FoundStack> Due, SweepView View);

    private async Task<Found> FindAsync(CancellationToken cancellation)
    {
        using var sweepers = new AccountSweepers(session, calls, order.Regions);
        var account = await sweepers.FindAsync(stack => Spares(stack) is null, order.DomainOf, cancellation);
        // One that was named is the only one that matters; and a certificate alone is no stack.
        var stacks = account.Stacks.Where(stack => (order.Stack is null || stack.Name == order.Stack) && Counted(stack).Any())
            .OrderBy(stack => Spares(stack) is not null).ToList();
        var due = stacks.Where(stack => Spares(stack) is null).ToList();
        // A stack without a stage or a day is somebody's mistake, and so is a resource without them in one that is swept.
        var doubtful = stacks.SelectMany(Counted, (stack, resource) => (Resource: resource, Reason: DoubtOf(stack, resource)))
            .Where(pair => pair.Reason is not null).Select(pair => (pair.Resource, Reason: pair.Reason!)).ToList();
        var strays = account.Strays.Where(stray => order.Stack is null || IsNamedAs(stray, order.Stack))
            .Select(stray => (Resource: stray, Reason: FoundAccount.WhyStray(stray)));
        var view = new SweepView(
            session.Account, order.Regions, [.. stacks.Select(stack => SweepView.StackRow.Of(stack, Spares(stack), Taken(stack)))],
            [.. Rows(doubtful.Concat(strays).ToDictionary(pair => pair.Resource, pair => pair.Reason))],
            [.. account.NotLooked.Select(missed => $"{missed.Kind}s{Where(missed)} were not looked for: {missed.Reason}")],
            due.Sum(stack => FoundCost.Of(Taken(stack)).MonthlyUsd), null);
        return new(account, due, view);
    }

    private string? Spares(FoundStack stack) => SweepJudge.Spares(stack, order.Today, order.Stack, order.Regions);

    private string? DoubtOf(FoundStack stack, FoundResource resource) => Spares(stack) is { } reason
        ? SweepJudge.IsDoubtful(stack) ? reason : null
        : SweepJudge.Spares(resource, stack, order.Today, order.Stack is not null);

    private List<FoundResource> Taken(FoundStack stack) =>
        [.. SweepKinds.InOrder(Counted(stack).Where(resource => Spares(stack) is not null || DoubtOf(stack, resource) is null))];

    private static bool IsSame(FoundStack one, FoundStack other) => (one.Name, one.Region) == (other.Name, other.Region);

    private static IEnumerable<FoundResource> Counted(FoundStack stack) =>
        stack.Resources.Where(resource => !SweepJudge.OutlivesItsStack(resource));

    private static string Where(NotLooked missed) => missed switch
    {
        { Stack: { } stack } => $" of {stack.Name}",
        { Region: FoundResource.Global } => "",
        _ => $" in {missed.Region}",
    };

    private static string? Unseen(FoundAccount account, FoundStack stack) => account.NotLooked.FirstOrDefault(missed =>
        missed.Kind == SweepKinds.Record && missed.Stack is { } of && IsSame(of, stack))?.Reason;

    // Names of the plan begin with causeway-STACK-, secrets and log groups have it between slashes, and records are found for their stack
    // alone.
    private static bool IsNamedAs(FoundResource stray, string stack) =>
        stray.Kind == SweepKinds.Record || $"{stray.Name}-".StartsWith($"{StackName.PrefixOf(stack)}-", StringComparison.Ordinal)
        || stray.Name.TrimStart('/').StartsWith($"causeway/{stack}/", StringComparison.Ordinal);

    private static IEnumerable<SweepView.ResourceRow> Rows(Dictionary<FoundResource, string> reasons) =>
        SweepKinds.InOrder(reasons.Keys).Select(resource => SweepView.ResourceRow.Of(resource, reasons[resource]));
}
