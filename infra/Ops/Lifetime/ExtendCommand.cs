using System.CommandLine;
using Causeway.Blueprint.Settings;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>
/// <c>ops extend STACK</c>: a later expiry for a demo, in the stack's file and in the tags of what is in the account, by which the sweep goes.
/// It needs neither Pulumi nor its state; where the file is lost too, the tags alone are changed.
/// </summary>
internal static class ExtendCommand
{
    public static Command Create(TimeProvider time)
    {
        var stack = new StackOptions().Stack;
        var account = new AccountOptions();
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
        var offline = new Option<bool>("--offline")
        {
            Description = "Change the stack's file alone. Otherwise the tags in the account are changed too, with the credentials that "
                + "pulumi up would use.",
        };
        var command = new Command("extend", "Gives a demo stack a later expiry: in its file, and in the tags of its resources.")
        {
            stack, days, until, offline,
        };
        account.Regions.Description = "The stack's region, where its file is lost.";
        account.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var name = StackOptions.Require(line.GetRequiredValue(stack));
            var project = line.GetRequiredValue(account.Project);
            var file = File.Exists(StackFile.PathOf(project, name)) ? StackFile.Read(project, name) : null;
            var change = new ExpiryChange(name, project, file, line.GetValue(days), line.GetValue(until), time);
            if (line.GetValue(offline))
            {
                change.Offline();
                return;
            }
            RequireRegion(line.GetValue(account.Regions) ?? [], name, project, file);
            var choice = await account.ReadAsync(line, name, cancellation);
            // Another stack's file may say whose credentials, and never where this stack is.
            if (RegionOf(file) is { } region) choice = choice with { Regions = [region] };
            await change.RunAsync(choice, cancellation);
        });
        return command;
    }

    // Of one stack: that of its file, or one that is said where there is no file.
    private static void RequireRegion(string[] said, string stack, DirectoryInfo project, StackFile? file)
    {
        if (said.Length > 1) throw new OpsException("--region: a stack is in one region; say one", OpsException.Wrong);
        if (file is null && said.Length == 0)
            throw new OpsException($"there is no stack '{stack}': {StackFile.PathOf(project, stack)} does not exist; "
                + "where the file is lost, say the region, and the tags in the account are changed: --region eu-central-1");
        if (RegionOf(file) is { } region && said is [var other] && other != region)
            throw new OpsException($"--region: {other} differs from the stack's, {region}; leave it out", OpsException.Wrong);
    }

    private static string? RegionOf(StackFile? file) => file?.Values.GetValueOrDefault(SettingKey.Region.Name);
}
