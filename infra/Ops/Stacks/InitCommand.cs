using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Spectre.Console;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops init STACK</c>: makes the stack's settings, with a root secret of its own, through Pulumi's command line.</summary>
internal static class InitCommand
{
    private const int DemoDays = 30;

    public static Command Create(TimeProvider time)
    {
        var options = new StackOptions();
        var region = new Option<string?>("--region") { Description = "The AWS region, as eu-central-1." };
        var domain = new Option<string?>("--domain") { Description = "The page's DNS name, as call.example.org; empty for none." };
        var stage = new Option<string?>("--stage") { Description = "demo (leaves nothing behind, and has a day of expiry) or production (protects its data)." };
        stage.AcceptOnlyFromAmong("demo", "production");
        var command = new Command("init", "Makes a stack's settings with a generated root secret, and asks what matters unless an option says it.") { options.Stack, options.Project, region, domain, stage };
        command.SetAction((line, cancellation) => RunAsync(
            line.GetRequiredValue(options.Stack), line.GetValue(options.Project)!, new(line.GetValue(region), line.GetValue(domain), line.GetValue(stage)), time, cancellation));
        return command;
    }

    private static async Task RunAsync(string stack, DirectoryInfo project, Answers given, TimeProvider time, CancellationToken cancellation)
    {
        var file = StackFile.ReadOrEmpty(project, stack);
        if (file.Encrypted.Contains(SettingKey.RootSecret.Name))
            throw new OpsException($"the stack '{stack}' has its root secret; another one would end every credential at once. To rotate what derives from it, set causeway:rotation to today");

        var settings = Settings(given.Ask(file.Values), file.Values, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var root = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretDerivation.RootBytes));
        Validate(stack, file.Values, settings, root);

        var pulumi = new PulumiCli(project);
        await pulumi.RunAsync(["stack", "select", stack, "--create"], "", cancellation);
        foreach (var (key, value) in settings) await pulumi.RunAsync(["config", "set", "--stack", stack, $"causeway:{key}", value], "", cancellation);
        // By standard input: a command line is seen by every user of the machine.
        await pulumi.RunAsync(["config", "set", "--stack", stack, "--secret", $"causeway:{SettingKey.RootSecret.Name}"], root, cancellation);

        Console.WriteLine($"The stack '{stack}' has its settings and a root secret, encrypted in {StackFile.PathOf(project, stack)}.");
        Console.WriteLine($"What would stand there:  ops plan {stack}");
        Console.WriteLine($"To make it:              pulumi up --stack {stack}");
    }

    // What was said, and what follows from it; what the file has stays.
    private static Dictionary<string, string> Settings(Answers answers, IReadOnlyDictionary<string, string> kept, DateOnly today)
    {
        var settings = new Dictionary<string, string> { [SettingKey.Region.Name] = answers.Region!, [SettingKey.Stage.Name] = answers.Stage! };
        if (!string.IsNullOrEmpty(answers.Domain)) settings[SettingKey.Domain.Name] = answers.Domain;
        if (!kept.ContainsKey(SettingKey.Rotation.Name)) settings[SettingKey.Rotation.Name] = Text(today);
        if (answers.Stage == "demo" && !kept.ContainsKey(SettingKey.Expires.Name)) settings[SettingKey.Expires.Name] = Text(today.AddDays(DemoDays));
        return settings;
    }

    // Before anything is written: a stack with half of its settings is worse than none.
    private static void Validate(string stack, IReadOnlyDictionary<string, string> kept, Dictionary<string, string> settings, string root)
    {
        try
        {
            var all = new Dictionary<string, string>(kept);
            foreach (var (key, value) in settings) all[key] = value;
            all[SettingKey.RootSecret.Name] = root;
            StackSettingsReader.Read(stack, all);
        }
        catch (SettingsException mistakes)
        {
            throw new OpsException(string.Join("; ", mistakes.Mistakes), 2, mistakes);
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What matters: given as options, kept from the stack's file, or asked.</summary>
    private sealed record Answers(string? Region, string? Domain, string? Stage)
    {
        public Answers Ask(IReadOnlyDictionary<string, string> kept)
        {
            var asks = !Console.IsInputRedirected && !Console.IsOutputRedirected;
            var region = Region ?? kept.GetValueOrDefault(SettingKey.Region.Name);
            if (region is null && !asks) throw new OpsException("nobody can be asked here; say it with --region, and --domain and --stage where the defaults (none, demo) do not fit", 2);

            return new(
                region ?? AnsiConsole.Ask<string>("Which AWS region?", "eu-central-1"),
                Domain ?? kept.GetValueOrDefault(SettingKey.Domain.Name)
                    ?? (asks ? AnsiConsole.Prompt(new TextPrompt<string>("The page's domain, in a Route 53 hosted zone of yours? (empty: none, and no turns:)").AllowEmpty()) : null),
                Stage ?? kept.GetValueOrDefault(SettingKey.Stage.Name)
                    ?? (asks ? AnsiConsole.Prompt(new SelectionPrompt<string>().Title("Demo (leaves nothing behind) or production (protects its data)?").AddChoices("demo", "production")) : "demo"));
        }
    }
}
