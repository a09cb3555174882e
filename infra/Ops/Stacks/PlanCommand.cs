using System.CommandLine;
using Causeway.Blueprint;
using Causeway.Blueprint.Access.Deployer;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops plan [STACK]</c>: what a stack would consist of. Needs neither an account nor Pulumi, nor a stack's file.</summary>
internal static class PlanCommand
{
    // Of a plan that is looked at before there is a stack.
    private const string Unnamed = "demo";

    public static Command Create(TimeProvider time)
    {
        var options = new StackOptions();
        var stack = new Argument<string?>("STACK") { Description = "The stack's name, as dev. Without one the options below are its settings.", Arity = ArgumentArity.ZeroOrOne };
        var given = SettingOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables." };
        var policy = new Option<bool>("--policy") { Description = "Print the IAM policy of whoever runs pulumi up instead, as JSON: what it takes to make, change and remove this plan's resources." };
        var decrypt = new Option<bool>("--decrypt") { Description = "Have Pulumi decrypt settings that the stack's file keeps encrypted and the plan depends on; the root secret is never asked for." };
        var command = new Command("plan", "Shows what a stack would consist of: every resource, names, rules, certificate, cost. Needs neither an account nor Pulumi.") { stack, options.Project };
        foreach (var option in given.Values) command.Add(option);
        command.Add(json);
        command.Add(policy);
        command.Add(decrypt);
        command.SetAction(async (line, cancellation) =>
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var said = given.Where(option => line.GetValue(option.Value) is not null).ToDictionary(option => option.Key.Name, option => line.GetValue(option.Value)!);
            if (line.GetValue(stack) is { } name)
            {
                var project = options.ReadProject(line);
                var file = StackFile.Read(project, StackOptions.Require(name));
                if (line.GetValue(decrypt)) file = await file.DecryptAsync(new(project), name, cancellation);
                Run(name, file.With(said), StackFile.PathOf(project, name), Form(line), today);
            }
            else if (said.ContainsKey(SettingKey.Region.Name))
            {
                said.TryAdd(SettingKey.Stage.Name, StackDefaults.Stage);
                if (said.GetValueOrDefault(SettingKey.Domain.Name) is { Length: > 0 } domain) said.TryAdd(SettingKey.HostedZone.Name, StackSettingsReader.SuggestedZone(domain));
                StackDefaults.AddTo(said, new Dictionary<string, string>(), today);
                Run(Unnamed, new(said, new HashSet<string>()), null, Form(line), today);
            }
            else throw new OpsException("nothing to plan: name a stack, or say its settings: ops plan --region eu-central-1 --domain call.example.org", OpsException.Wrong);
        });
        return command;

        Shown Form(ParseResult line) => line.GetValue(policy) ? Shown.Policy : line.GetValue(json) ? Shown.Json : Shown.Tables;
    }

    private enum Shown
    {
        Tables,
        Json,
        Policy,
    }

    // Those that decide what a stack looks like and costs; each is a setting's name, so the same words work everywhere.
    private static Dictionary<SettingKey, Option<string?>> SettingOptions() =>
        new (SettingKey Key, string Option)[]
        {
            (SettingKey.Region, "--region"), (SettingKey.Domain, "--domain"), (SettingKey.HostedZone, "--hosted-zone"), (SettingKey.Stage, "--stage"),
            (SettingKey.InstanceType, "--instance-type"), (SettingKey.Architecture, "--architecture"),
        }.ToDictionary(one => one.Key, one => new Option<string?>(one.Option) { Description = $"Instead of the stack's {one.Key.Name}: {one.Key.Values}." });

    private static void Run(string stack, StackFile file, string? path, Shown form, DateOnly today)
    {
        try
        {
            // A plan without them would be that of another stack.
            if (file.Hidden.Select(key => new Mistake(key.Name, null, "is encrypted, so what depends on it cannot be shown; add --decrypt, or keep it in clear (pulumi config set --plaintext)")).ToArray() is { Length: > 0 } hidden)
                throw new SettingsException(hidden);

            // The services are not published for a look at the plan, and the root secret stays encrypted.
            var settings = StackSettingsReader.Read(stack, file.Values, withoutSecret: true, file.Encrypted);
            foreach (var warning in settings.WarningsOn(today)) Console.Error.WriteLine($"ops: warning: {warning}");
            var provider = ProviderSettingsReader.Read(file.Provider, null, settings.Region, out var mistakes);
            if (mistakes.Count > 0) throw new SettingsException(mistakes);
            var plan = Planner.Plan(settings, Artifact.Unpublished) with { DefaultTags = provider.DefaultTags };
            PlanLimits.Check(plan);
            var view = PlanView.Of(plan);
            if (form == Shown.Policy) Console.WriteLine(DeployerPolicy.Render(plan));
            else if (form == Shown.Json) Console.WriteLine(view.Json());
            else foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes, path);
        }
    }
}
