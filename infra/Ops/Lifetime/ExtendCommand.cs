using System.CommandLine;
using Causeway.Blueprint.Settings;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>
/// <c>ops extend STACK</c>: extends a demo's expiry in the stack's file and in the tags of its resources, which the sweep uses. It needs
/// neither Pulumi nor its state. If the file is lost too, it changes only the tags.
/// </summary>
internal static class ExtendCommand
{
    public static Command Create(TimeProvider time)
    {
        var stack = new StackOptions().Stack;
        var account = new AccountOptions();
        var days = new Option<int?>("--days")
        {
            Description = $"The number of days from today to keep the demo, 1 to {ExtendedExpiry.MaxDays}. "
                + $"Defaults to {StackDefaults.DemoDays}. Does not shorten a later expiry.",
            CustomParser = result => ExtendedExpiry.Days(result.Tokens[0].Value),
        };
        var until = new Option<DateOnly?>("--until")
        {
            Description = "The last day instead, such as 2026-12-31.",
            CustomParser = result => ExtendedExpiry.Until(result.Tokens[0].Value),
        };
        var offline = new Option<bool>("--offline")
        {
            Description = "Change only the stack's file. By default, the tags in the account are changed too, with the credentials that "
                + "pulumi up would use.",
        };
        var command = new Command("extend", "Extends a demo's expiry, in its file and in the tags of its resources.")
        {
            stack, days, until, offline,
        };
        account.Regions.Description = "The stack's region, if its file is lost.";
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
            // Another stack's file may select the credentials, but not this stack's region.
            if (RegionOf(file) is { } region) choice = choice with { Regions = [region] };
            await change.RunAsync(choice, cancellation);
        });
        return command;
    }

    // The region is that of the file, or the given one if there is no file.
    private static void RequireRegion(string[] said, string stack, DirectoryInfo project, StackFile? file)
    {
        if (said.Length > 1) throw new OpsException("--region: a stack is in one region; pass one", OpsException.Wrong);
        if (file is null && said.Length == 0)
            throw new OpsException($"stack '{stack}' not found: {StackFile.PathOf(project, stack)} doesn't exist; "
                + "if the file is lost, pass the region to change only the tags, such as --region eu-central-1");
        if (RegionOf(file) is { } region && said is [var other] && other != region)
            throw new OpsException($"--region: {other} differs from the stack's, {region}; omit it", OpsException.Wrong);
    }

    private static string? RegionOf(StackFile? file) => file?.Values.GetValueOrDefault(SettingKey.Region.Name);
}
