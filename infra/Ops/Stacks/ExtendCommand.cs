using System.CommandLine;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops extend STACK</c>: a later expiry for a demo, in the stack's file. It needs no Pulumi.</summary>
internal static class ExtendCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new StackOptions();
        var days = new Option<int?>("--days")
        {
            Description = $"How many days from today the demo is kept, 1 to {ExtendedExpiry.MaxDays}. Default: {StackDefaults.DemoDays}. "
                + "A later expiry that it has already stays.",
            CustomParser = result => ExtendedExpiry.Days(result.Tokens[0].Value),
        };
        var until = new Option<DateOnly?>("--until")
        {
            Description = "The last day instead, as 2026-12-31.",
            CustomParser = result => ExtendedExpiry.Until(result.Tokens[0].Value),
        };
        var command = new Command("extend", "Gives a demo stack a later expiry.") { options.Stack, options.Project, days, until };
        command.SetAction(line =>
        {
            var (stack, project) = (options.ReadStack(line), options.ReadProject(line));
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var file = StackFile.Read(project, stack);
            var current = Current(file, StackFile.PathOf(project, stack));
            var expiry = ExtendedExpiry.Of(line.GetValue(days), line.GetValue(until), current, today);
            StackFileEdit.Set(project, stack, SettingKey.Expires, StackDefaults.Text(expiry));
            var was = current is { } before && before != expiry ? $"; it was {StackDefaults.Text(before)}" : "";
            Console.WriteLine(
                $"The demo '{stack}' expires on {StackDefaults.Text(expiry)} ({ExtendedExpiry.Away(expiry, today)}{was}), in {StackFile.PathOf(project, stack)}.");
            Console.WriteLine($"Its resources in the account carry the expiry as a tag; it changes with: pulumi up --stack {stack}");
        });
        return command;
    }

    // Other settings may be wrong: that keeps nobody from having more time to correct them.
    private static DateOnly? Current(StackFile file, string path)
    {
        foreach (var key in (SettingKey[])[SettingKey.Stage, SettingKey.Expires])
            if (file.Encrypted.Contains(key.Name))
                throw new OpsException($"{path}: {key.Name} is encrypted; keep it in clear (pulumi config set --plaintext)", OpsException.Wrong);
        var stage = file.Values.GetValueOrDefault(SettingKey.Stage.Name, StackDefaults.Stage);
        if (stage != "demo") throw new OpsException($"{path}: stage is {stage}, and only a demo has an expiry; nothing was changed", OpsException.Wrong);
        if (file.Values.GetValueOrDefault(SettingKey.Expires.Name) is not { Length: > 0 } text) return null;
        return StackDefaults.TryDay(text) ?? throw new OpsException($"{path}: expires: {text} is not a day; write one as 2026-12-31", OpsException.Wrong);
    }
}
