using System.CommandLine;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Sweep;

/// <summary>
/// <c>ops sweep</c>: finds expired demos, and the remains of failed destroys, by their tags, and shows or deletes them. It needs neither
/// Pulumi nor its state.
/// </summary>
internal static class SweepCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new AccountOptions();
        var stack = new Option<string?>("--stack")
        {
            Description = "Only this demo, even before it expires. Production stacks are never swept.",
        };
        var delete = new Option<bool>("--delete") { Description = "Delete what is shown. Without it, nothing is changed." };
        var yes = new Option<bool>("--yes") { Description = "Don't prompt for confirmation, for CI." };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables." };
        var wait = SecondsOption.Create("--wait", "The maximum time to delete each resource in seconds", max: 7200,
            defaultValue: (int)new SweepPace().Longest.TotalSeconds);
        var command = new Command("sweep",
            "Finds expired demos, and remains of failed destroys, by their tags, and shows their resources with age and cost. "
            + "With --delete, deletes them. Exits with 0 when there is nothing to delete, or nothing left; with 1 when there is; "
            + "and with 2 when it can't start.");
        var policy = new Option<bool>("--policy")
        {
            Description = "Print the IAM policy of a role that sweeps instead, as JSON, without an account.",
        };
        options.AddTo(command);
        foreach (var option in (Option[])[stack, delete, yes, json, wait, policy]) command.Add(option);
        command.SetAction(async (line, cancellation) =>
        {
            if (line.GetValue(policy))
            {
                Console.WriteLine(SweepPolicy.Render());
                return 0;
            }
            var name = line.GetValue(stack) is { } said ? StackOptions.Require(said) : null;
            if (line.GetValue(yes) && !line.GetValue(delete))
                throw new OpsException("--yes requires --delete", OpsException.Wrong);
            if (line.GetValue(delete) && !line.GetValue(yes) && Console.IsInputRedirected)
                throw new OpsException("not interactive; pass --yes to delete without confirmation", OpsException.Wrong);
            var choice = await options.ReadAsync(line, name, cancellation);
            var project = line.GetRequiredValue(options.Project);
            var order = new SweepOrder(
                choice.Regions, name, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
                found => StackFile.ReadOrEmpty(project, found.Name).Values.GetValueOrDefault(SettingKey.Domain.Name));
            var pace = new SweepPace { Longest = TimeSpan.FromSeconds(line.GetValue(wait)) };
            using var calls = new SweepCalls(choice.Timeout, pace, time, Random.Shared);
            try
            {
                using var session = await OpenAsync(choice, cancellation);
                Tell($"account {session.Account} in {string.Join(", ", choice.Regions)}, as {session.Arn}");
                var sweep = new AccountSweep(session, calls, order, Tell);
                var view = await sweep.LookAsync(cancellation);
                if (!line.GetValue(delete) || !view.Due.Any()) return Show(view, line.GetValue(json));

                if (!line.GetValue(json)) foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
                if (!line.GetValue(yes)) await ConfirmAsync(view, cancellation);
                var pulumi = new PulumiDestroy(project, Tell);
                view = await sweep.RemoveAsync((found, end) => pulumi.RunAsync(found, order.Today, name is not null, end), cancellation);
                if (line.GetValue(json)) Console.WriteLine(view.Json());
                else foreach (var table in view.Outcome()) PlainConsole.Create().Write(table);
                return view.Clean ? 0 : OpsException.Failed;
            }
            catch (Exception ended) when (cancellation.IsCancellationRequested && ended is not OpsException)
            {
                throw new OpsException("interrupted; run the command again to continue", cause: ended);
            }
        });
        return command;
    }

    private static int Show(SweepView view, bool json)
    {
        if (json) Console.WriteLine(view.Json());
        else foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
        return view.Clean ? 0 : OpsException.Failed;
    }

    private static async Task<AwsSession> OpenAsync(AccountChoice choice, CancellationToken cancellation)
    {
        try
        {
            return await choice.OpenAsync(cancellation);
        }
        catch (NotAskedException reason)
        {
            throw new OpsException(reason.Message, OpsException.Wrong, reason);
        }
    }

    private static async Task ConfirmAsync(SweepView view, CancellationToken cancellation)
    {
        var due = view.Due.ToList();
        Console.Error.Write(
            $"Delete {due.Sum(stack => stack.Resources.Count)} resources of "
            + $"{string.Join(", ", due.Select(stack => $"{stack.Name} ({stack.Region})"))} from account {view.Account}? "
            + "Type the account number or yes: ");
        // Reading a line can't be cancelled.
        var typed = await Task.Run(Console.ReadLine, cancellation).WaitAsync(cancellation);
        if (typed?.Trim() is not { } answer || (answer != view.Account && answer != "yes"))
            throw new OpsException("not confirmed; nothing was deleted");
    }

    private static void Tell(string line) => Console.Error.WriteLine($"ops: {line}");
}
