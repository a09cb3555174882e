using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>What to sweep.</summary>
/// <param name="Regions">The selected regions.</param>
/// <param name="Stack">The stack to sweep, even before it expires; null for all expired stacks.</param>
/// <param name="Today">Today (UTC).</param>
/// <param name="DomainOf">Reads a stack's domain from its file, in case its health checks are deleted; null for none.</param>
internal sealed record SweepOrder(IReadOnlyList<string> Regions, string? Stack, DateOnly Today, Func<FoundStack, string?> DomainOf);

/// <summary>A sweep of an account: finds resources, decides which to delete, and deletes them.</summary>
/// <param name="session">The session.</param>
/// <param name="calls">Sends requests.</param>
/// <param name="order">What to sweep.</param>
/// <param name="tell">Receives lines of progress.</param>
internal sealed class AccountSweep(AwsSession session, SweepCalls calls, SweepOrder order, Action<string> tell)
{
    private readonly long _start = calls.Time.GetTimestamp();
    private Found? _found;

    /// <summary>Finds resources and decides which to delete. Changes nothing.</summary>
    public async Task<SweepView> LookAsync(CancellationToken cancellation) => (_found = await FindAsync(cancellation)).View;

    /// <summary>Deletes what <see cref="LookAsync"/> found. Each resource is read again before it is deleted.</summary>
    /// <param name="destroy">Runs pulumi destroy first, and returns whether it may have changed something; null for none.</param>
    /// <param name="cancellation">Cancels the sweep.</param>
    public async Task<SweepView> RemoveAsync(Func<FoundStack, CancellationToken, Task<bool>>? destroy, CancellationToken cancellation)
    {
        var shown = _found ?? throw new InvalidOperationException("LookAsync has not run");
        var found = shown;
        if (destroy is not null)
        {
            var changed = false;
            foreach (var stack in shown.Due) changed |= await destroy(stack, cancellation);
            if (changed) found = await FindAsync(cancellation);
        }

        using var sweepers = new AccountSweepers(session, calls, order.Regions);
        // Only what was shown before is deleted.
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
        // With a named stack, others don't matter. A kept certificate alone isn't a stack.
        var stacks = account.Stacks.Where(stack => (order.Stack is null || stack.Name == order.Stack) && Counted(stack).Any())
            .OrderBy(stack => Spares(stack) is not null).ToList();
        var due = stacks.Where(stack => Spares(stack) is null).ToList();
        // A stack without stage or expiry is probably a mistake, and so is such a resource in a stack to sweep.
        var doubtful = stacks.SelectMany(Counted, (stack, resource) => (Resource: resource, Reason: DoubtOf(stack, resource)))
            .Where(pair => pair.Reason is not null).Select(pair => (pair.Resource, Reason: pair.Reason!)).ToList();
        var strays = account.Strays.Where(stray => order.Stack is null || IsNamedAs(stray, order.Stack))
            .Select(stray => (Resource: stray, Reason: FoundAccount.WhyStray(stray)));
        var view = new SweepView(
            session.Account, order.Regions, [.. stacks.Select(stack => SweepView.StackRow.Of(stack, Spares(stack), Taken(stack)))],
            [.. Rows(doubtful.Concat(strays).ToDictionary(pair => pair.Resource, pair => pair.Reason))],
            [.. account.NotLooked.Select(missed => $"can't list {missed.Kind}s{Where(missed)}: {missed.Reason}")],
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

    // Names begin with causeway-STACK-; those of secrets and log groups with causeway/STACK/. Records are only searched for a stack.
    private static bool IsNamedAs(FoundResource stray, string stack) =>
        stray.Kind == SweepKinds.Record || $"{stray.Name}-".StartsWith($"{StackName.PrefixOf(stack)}-", StringComparison.Ordinal)
        || stray.Name.TrimStart('/').StartsWith($"causeway/{stack}/", StringComparison.Ordinal);

    private static IEnumerable<SweepView.ResourceRow> Rows(Dictionary<FoundResource, string> reasons) =>
        SweepKinds.InOrder(reasons.Keys).Select(resource => SweepView.ResourceRow.Of(resource, reasons[resource]));
}
