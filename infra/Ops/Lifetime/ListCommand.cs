using System.CommandLine;
using Causeway.Ops.Account;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary><c>ops list</c>: lists an account's stacks by their tags. It needs neither Pulumi nor its state.</summary>
internal static class ListCommand
{
    public static Command Create(TimeProvider time)
    {
        var account = new AccountOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var command = new Command(
            "list", "Lists an account's stacks by their tags, with stage, expiry, generation, address, age and monthly cost.") { json };
        account.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var choice = await account.ReadAsync(line, null, cancellation);
            var view = await ViewAsync(choice, time, cancellation);
            if (line.GetValue(json)) Console.WriteLine(view.Json());
            else foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
            foreach (var note in view.Notes) Console.Error.WriteLine($"ops: warning: {note}");
            if (view.Missed.Count > 0) throw new OpsException($"the list may be incomplete:\n  {string.Join("\n  ", view.Missed)}");
        });
        return command;
    }

    private static async Task<StackListView> ViewAsync(AccountChoice choice, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var look = await AccountLook.OpenAsync(choice, time, cancellation);
            return StackListView.Of(look.Session.Account, choice.Regions, await look.FindAsync(cancellation), time.GetUtcNow());
        }
        catch (NotAskedException reason)
        {
            throw new OpsException(reason.Message, cause: reason);
        }
    }
}
