using System.CommandLine;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops plan STACK</c>: what would stand there. Needs neither an account nor Pulumi.</summary>
internal static class PlanCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new StackOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables." };
        var decrypt = new Option<bool>("--decrypt") { Description = "Have Pulumi decrypt settings that the stack's file keeps encrypted and the plan depends on; the root secret is never asked for." };
        var command = new Command("plan", "Shows what a stack would consist of: hosts, names, rules, certificates, cost. Needs neither an account nor Pulumi.") { options.Stack, options.Project, json, decrypt };
        command.SetAction(async (line, cancellation) =>
        {
            var (stack, project) = (options.ReadStack(line), options.ReadProject(line));
            var file = StackFile.Read(project, stack);
            if (line.GetValue(decrypt)) file = await file.DecryptAsync(new(project), stack, cancellation);
            Run(stack, file, StackFile.PathOf(project, stack), line.GetValue(json), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        });
        return command;
    }

    private static void Run(string stack, StackFile file, string path, bool json, DateOnly today)
    {
        try
        {
            // A plan without them would be that of another stack.
            if (file.Hidden.Select(key => new Mistake(key.Name, null, "is encrypted, so what depends on it cannot be shown; add --decrypt, or keep it in clear (pulumi config set --plaintext)")).ToArray() is { Length: > 0 } hidden)
                throw new SettingsException(hidden);

            // The services are not published for a look at the plan, and the root secret stays encrypted.
            var settings = StackSettingsReader.Read(stack, file.Values, withoutSecret: true, file.Encrypted);
            foreach (var warning in settings.WarningsOn(today)) Console.Error.WriteLine($"ops: warning: {warning}");
            var view = PlanView.Of(Planner.Plan(settings, Artifact.Unpublished));
            if (json) Console.WriteLine(view.Json());
            else foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes, path);
        }
    }
}
