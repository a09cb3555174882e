using System.CommandLine;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops plan STACK</c>: what would stand there. Needs neither an account nor Pulumi.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var options = new StackOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables." };
        var command = new Command("plan", "Shows what a stack would consist of: hosts, names, rules, certificates, cost. Needs neither an account nor Pulumi.") { options.Stack, options.Project, json };
        command.SetAction(line => Run(options.ReadStack(line), options.ReadProject(line), line.GetValue(json)));
        return command;
    }

    private static void Run(string stack, DirectoryInfo project, bool json)
    {
        var file = StackFile.Read(project, stack);
        try
        {
            // The services are not published for a look at the plan, and the root secret stays encrypted.
            var view = PlanView.Of(Planner.Plan(StackSettingsReader.Read(stack, file.Values, withoutSecret: true), Artifact.Unpublished));
            if (json) Console.WriteLine(view.Json());
            else foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes, StackFile.PathOf(project, stack));
        }
    }
}
