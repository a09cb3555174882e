using System.CommandLine;
using System.Security.Cryptography;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops init STACK</c>: creates a stack's settings with a new root secret, through Pulumi's command line.</summary>
internal static class InitCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new StackOptions();
        var region = new Option<string?>("--region") { Description = "The AWS region, such as eu-central-1." };
        var domain = new Option<string?>("--domain") { Description = "The domain of the page, such as call.example.org; empty for none." };
        // Named like the setting, since the setting `zone` is the availability zone.
        var zone = new Option<string?>("--hosted-zone")
        {
            Description = "The public Route 53 hosted zone of the domain. "
                + "Defaults to the domain's parent: example.org for call.example.org and for example.org.",
        };
        var ambiguous = new Option<string?>("--zone")
        {
            Hidden = true,
            CustomParser = _ => throw new OpsException(
                "--zone: pass --hosted-zone for the DNS zone; the availability zone is a setting: pulumi config set causeway:zone",
                OpsException.Wrong),
        };
        var stage = new Option<string?>("--stage")
        {
            Description = "demo (expires, and leaves nothing behind) or production (protects its data).",
        };
        stage.AcceptOnlyFromAmong("demo", "production");
        var expires = new Option<string?>("--expires")
        {
            Description = "The last day of a demo, such as 2026-12-31; afterwards `ops sweep` may delete it. "
                + $"Defaults to {StackDefaults.DemoDays} days from today.",
        };
        var command = new Command("init", "Creates a stack's settings with a generated root secret. Prompts for missing options.")
        {
            options.Stack, options.Project, region, domain, zone, ambiguous, stage, expires,
        };
        command.SetAction((line, cancellation) =>
        {
            var answers = new InitAnswers(
                line.GetValue(region), line.GetValue(domain), line.GetValue(zone), line.GetValue(stage), line.GetValue(expires));
            return RunAsync(options.ReadStack(line), options.ReadProject(line), answers, time, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(
        string stack, DirectoryInfo project, InitAnswers given, TimeProvider time, CancellationToken cancellation)
    {
        var file = StackFile.ReadOrEmpty(project, stack);
        if (file.Encrypted.Contains(SettingKey.RootSecret.Name))
        {
            throw new OpsException(
                $"the stack '{stack}' has a root secret already; another one would invalidate every credential. "
                + "Change a setting with: pulumi config set causeway:KEY VALUE; rotate the derived secrets with causeway:rotation");
        }

        var pulumi = new PulumiCli(project);
        file = await file.DecryptAsync(pulumi, stack, cancellation);
        if (given.Domain is "" && file.Values.TryGetValue(SettingKey.Domain.Name, out var named))
        {
            throw new OpsException(
                $"--domain: the stack's file has the domain {named}; remove it first: "
                + $"pulumi config rm causeway:{SettingKey.Domain.Name} --stack {stack}",
                OpsException.Wrong);
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var settings = Settings(given.Ask(stack, file.Values, today), file.Values, today);
        var root = Convert.ToBase64String(RandomNumberGenerator.GetBytes(RootSecret.MinBytes));
        foreach (var warning in Validate(stack, file, settings, root).WarningsOn(today))
            Console.Error.WriteLine($"ops: warning: {warning}");

        if (!PulumiCli.IsInstalled) throw WithoutPulumi(stack, project, settings);
        await pulumi.RunAsync(["stack", "select", stack, "--create"], "", cancellation);
        foreach (var (key, value) in settings)
            await pulumi.RunAsync(["config", "set", "--stack", stack, $"causeway:{key}", value], "", cancellation);
        // Over standard input, because other users can see command lines.
        string[] secret = ["config", "set", "--stack", stack, "--secret", $"causeway:{SettingKey.RootSecret.Name}"];
        await pulumi.RunAsync(secret, root, cancellation);

        Console.WriteLine($"The stack '{stack}' has its settings and a root secret, encrypted in {StackFile.PathOf(project, stack)}.");
        if (settings.TryGetValue(SettingKey.HostedZone.Name, out var zone))
        {
            Console.WriteLine($"Its DNS records will be in the Route 53 hosted zone {zone}. "
                + $"To use another zone: pulumi config set causeway:{SettingKey.HostedZone.Name} ZONE");
        }
        var all = file.With(settings).Values;
        if (all.TryGetValue(SettingKey.Expires.Name, out var expires))
        {
            var away = ExtendedExpiry.Away(IsoDay.TryRead(expires)!.Value, today);
            Console.WriteLine($"The demo expires on {expires} ({away}): then `ops sweep` may delete it. To extend it: ops extend {stack}");
        }
        Console.WriteLine($"To see its resources:  ops plan {stack}");
        Console.WriteLine($"To deploy it:          pulumi up --stack {stack}");
    }

    // Only Pulumi can encrypt the root secret; the other settings are written, so that `ops plan` works.
    private static OpsException WithoutPulumi(string stack, DirectoryInfo project, Dictionary<string, string> settings)
    {
        var path = StackFile.PathOf(project, stack);
        var rest = "'pulumi', which encrypts the root secret, isn't on the PATH: "
            + $"install it from https://www.pulumi.com/docs/install/ and run ops init {stack} again";
        if (File.Exists(path)) return new($"{path} is unchanged and has no root secret. {rest}");
        StackFile.Write(path, settings);
        return new($"{path} has the stack's settings without a root secret; see its resources with ops plan {stack}. {rest}");
    }

    // The answers, with defaults for what the file doesn't contain.
    private static Dictionary<string, string> Settings(InitAnswers answers, IReadOnlyDictionary<string, string> kept, DateOnly today)
    {
        var settings = new Dictionary<string, string>
        {
            [SettingKey.Region.Name] = answers.Region!,
            [SettingKey.Stage.Name] = answers.Stage!,
        };
        if (!string.IsNullOrEmpty(answers.Domain)) settings[SettingKey.Domain.Name] = answers.Domain;
        if (!string.IsNullOrEmpty(answers.Zone)) settings[SettingKey.HostedZone.Name] = answers.Zone;
        if (!string.IsNullOrEmpty(answers.Expires)) settings[SettingKey.Expires.Name] = answers.Expires;
        StackDefaults.AddTo(settings, kept, today);
        return settings;
    }

    // Runs before anything is written, so that a stack never has half of its settings.
    private static StackSettings Validate(string stack, StackFile kept, Dictionary<string, string> settings, string root)
    {
        try
        {
            var all = new Dictionary<string, string>(kept.Values);
            foreach (var (key, value) in settings) all[key] = value;
            all[SettingKey.RootSecret.Name] = root;
            return StackSettingsReader.Read(stack, all, encrypted: kept.Encrypted.Append(SettingKey.RootSecret.Name).ToHashSet());
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes);
        }
    }
}
