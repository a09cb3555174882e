using System.CommandLine;
using Causeway.Blueprint;
using Causeway.Blueprint.Deployer;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Ops.Account;

namespace Causeway.Ops.Stacks;

/// <summary>
/// <c>ops plan [STACK]</c>: shows the resources of a stack, and checks with an account whether they can be deployed. It works without an
/// account, without Pulumi and without a stack's file.
/// </summary>
internal static class PlanCommand
{
    // The name in a plan without a stack.
    private const string Unnamed = "demo";

    public static Command Create(TimeProvider time)
    {
        var options = new StackOptions();
        var stack = new Argument<string?>("STACK")
        {
            Description = "The stack's name, such as dev. Without it, the options below are the settings.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var given = SettingOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables." };
        var policy = new Option<bool>("--policy")
        {
            Description = "Print the IAM policy that pulumi up needs to create, change and delete this plan's resources instead, as JSON.",
        };
        var decrypt = new Option<bool>("--decrypt")
        {
            Description = "Have Pulumi decrypt the encrypted settings that the plan depends on, but not the root secret.",
        };
        var offline = new Option<bool>("--offline")
        {
            Description = "Don't query the account. By default, image, instance type, hosted zone, DNS names and quotas are checked with "
                + "the credentials that pulumi up would use.",
        };
        var timeout = SecondsOption.AccountTimeout();
        var command = new Command("plan",
            "Shows a stack's resources, names, firewall rules, certificate and cost. With credentials, also checks whether the account can "
            + "have them. Works without an account and without Pulumi.")
        {
            stack, options.Project,
        };
        foreach (var option in given.Values) command.Add(option);
        command.Add(json);
        command.Add(policy);
        command.Add(decrypt);
        command.Add(offline);
        command.Add(timeout);
        command.SetAction(async (line, cancellation) =>
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var said = given.Where(option => line.GetValue(option.Value) is not null)
                .ToDictionary(option => option.Key.Name, option => line.GetValue(option.Value)!);
            if (line.GetValue(stack) is { } name)
            {
                var project = options.ReadProject(line);
                var file = StackFile.Read(project, StackOptions.Require(name));
                if (line.GetValue(decrypt)) file = await file.DecryptAsync(new(project), name, cancellation);
                if (line.GetValue(decrypt) && Asks(line) is not null)
                    file = await file.DecryptProviderAsync(new(project), name, cancellation);
                await RunAsync(name, file.With(said), StackFile.PathOf(project, name), Form(line), Asks(line), today, cancellation);
                return;
            }

            if (!said.ContainsKey(SettingKey.Region.Name))
            {
                throw new OpsException(
                    "no stack and no region; pass a stack, or settings such as --region eu-central-1 --domain call.example.org",
                    OpsException.Wrong);
            }
            AddDefaults(said, today);
            await RunAsync(Unnamed, new(said, new HashSet<string>()), null, Form(line), Asks(line), today, cancellation);
        });
        return command;

        TimeSpan? Asks(ParseResult line) =>
            line.GetValue(offline) || line.GetValue(policy) ? null : TimeSpan.FromSeconds(line.GetValue(timeout));

        Shown Form(ParseResult line) => line.GetValue(policy) ? Shown.Policy : line.GetValue(json) ? Shown.Json : Shown.Tables;
    }

    private enum Shown
    {
        Tables,
        Json,
        Policy,
    }

    // The settings that determine a stack's shape and cost. Each option is named like its setting.
    private static Dictionary<SettingKey, Option<string?>> SettingOptions()
    {
        (SettingKey Key, string Name)[] options =
        [
            (SettingKey.Region, "--region"),
            (SettingKey.Domain, "--domain"),
            (SettingKey.HostedZone, "--hosted-zone"),
            (SettingKey.Stage, "--stage"),
            (SettingKey.InstanceType, "--instance-type"),
            (SettingKey.Architecture, "--architecture"),
        ];
        return options.ToDictionary(option => option.Key, option => new Option<string?>(option.Name)
        {
            Description = $"Overrides the stack's {option.Key.Name}: {option.Key.Form.Values}.",
        });
    }

    private static void AddDefaults(Dictionary<string, string> settings, DateOnly today)
    {
        settings.TryAdd(SettingKey.Stage.Name, StackDefaults.Stage);
        if (settings.GetValueOrDefault(SettingKey.Domain.Name) is { Length: > 0 } domain)
            settings.TryAdd(SettingKey.HostedZone.Name, StackSettingsReader.SuggestedZone(domain));
        StackDefaults.AddTo(settings, new Dictionary<string, string>(), today);
    }

    private static async Task RunAsync(
        string stack, StackFile file, string? path, Shown form, TimeSpan? asks, DateOnly today, CancellationToken cancellation)
    {
        try
        {
            // Without these settings, the plan would be that of another stack.
            if (file.Hidden.Select(Encrypted).ToArray() is { Length: > 0 } hidden) throw new SettingsException(hidden);

            // The plan needs neither published services nor the root secret.
            var settings = StackSettingsReader.Read(stack, file.Values, withoutSecret: true, file.Encrypted);
            foreach (var warning in settings.WarningsOn(today)) Console.Error.WriteLine($"ops: warning: {warning}");
            var provider = ProviderSettingsReader.Read(file.Provider, null, settings.Region, out var mistakes);
            if (mistakes.Count > 0) throw new SettingsException(mistakes);
            var plan = Planner.Plan(settings, Artifact.Unpublished) with { DefaultTags = provider.DefaultTags };
            PlanLimits.Check(plan);
            if (form == Shown.Policy)
            {
                Console.WriteLine(DeployerPolicy.Render(plan));
                return;
            }
            var account = asks is { } limit ? await AskAsync(plan, provider, file, limit, cancellation) : AccountView.Unasked("--offline");
            var view = PlanView.Of(plan, account);
            if (form == Shown.Json) Console.WriteLine(view.Json());
            else foreach (var table in view.Tables()) PlainConsole.Create().Write(table);
            if (account.Wrong.Count > 0) throw Undeployable(account, path);
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes, path);
        }
    }

    private static Mistake Encrypted(SettingKey key) => new(key.Name, null,
        "is encrypted, and the plan depends on it; pass --decrypt, or store it in clear with pulumi config set --plaintext");

    // With other credentials than the deployment's, another account would be queried.
    private static async Task<AccountView> AskAsync(
        Plan plan, ProviderSettings provider, StackFile file, TimeSpan limit, CancellationToken cancellation)
    {
        if (file.EncryptedProvider.Count == 0) return await AccountInquiry.AskAsync(plan, provider, limit, cancellation);
        var keys = file.EncryptedProvider.Order(StringComparer.Ordinal).Select(key => ProviderSettingsReader.Namespace + key);
        return AccountView.Unasked($"{string.Join(", ", keys)} is encrypted in the stack's file; pass --decrypt");
    }

    private static OpsException Undeployable(AccountView account, string? path)
    {
        var lines = account.Wrong.SelectMany(wrong => wrong.Split('\n')).Select(line => $"\n  {line}");
        return new($"{(path is null ? "" : $"{path}: ")}account {account.Id} can't have this stack:{string.Concat(lines)}");
    }
}
