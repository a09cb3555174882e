using System.CommandLine;
using Causeway.Blueprint;
using Causeway.Blueprint.Deployer;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Ops.Account;

namespace Causeway.Ops.Stacks;

/// <summary>
/// <c>ops plan [STACK]</c>: what a stack would consist of, and whether the account can have it. Needs neither an account nor Pulumi, nor a
/// stack's file.
/// </summary>
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
        var offline = new Option<bool>("--offline")
        {
            Description = "Do not ask the account. Otherwise it is asked, with the credentials that pulumi up would use, whether it has image, "
                + "instance type, hosted zone, free names and quotas.",
        };
        var timeout = SecondsOption.AccountTimeout();
        var command = new Command("plan",
            "Shows what a stack would consist of: every resource, names, rules, certificate, cost; and what the account says to it where there are "
            + "credentials. Needs neither an account nor Pulumi.") { stack, options.Project };
        foreach (var option in given.Values) command.Add(option);
        command.Add(json);
        command.Add(policy);
        command.Add(decrypt);
        command.Add(offline);
        command.Add(timeout);
        command.SetAction(async (line, cancellation) =>
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var said = given.Where(option => line.GetValue(option.Value) is not null).ToDictionary(option => option.Key.Name, option => line.GetValue(option.Value)!);
            if (line.GetValue(stack) is { } name)
            {
                var project = options.ReadProject(line);
                var file = StackFile.Read(project, StackOptions.Require(name));
                if (line.GetValue(decrypt)) file = await file.DecryptAsync(new(project), name, cancellation);
                if (line.GetValue(decrypt) && Asks(line) is not null)
                    file = await file.DecryptProviderAsync(new(project), name, cancellation);
                await RunAsync(name, file.With(said), StackFile.PathOf(project, name), Form(line), Asks(line), today, cancellation);
            }
            else if (said.ContainsKey(SettingKey.Region.Name))
            {
                said.TryAdd(SettingKey.Stage.Name, StackDefaults.Stage);
                if (said.GetValueOrDefault(SettingKey.Domain.Name) is { Length: > 0 } domain) said.TryAdd(SettingKey.HostedZone.Name, StackSettingsReader.SuggestedZone(domain));
                StackDefaults.AddTo(said, new Dictionary<string, string>(), today);
                await RunAsync(Unnamed, new(said, new HashSet<string>()), null, Form(line), Asks(line), today, cancellation);
            }
            else throw new OpsException("nothing to plan: name a stack, or say its settings: ops plan --region eu-central-1 --domain call.example.org", OpsException.Wrong);
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

    // Those that decide what a stack looks like and costs; each is a setting's name, so the same words work everywhere.
    private static Dictionary<SettingKey, Option<string?>> SettingOptions() =>
        new (SettingKey Key, string Option)[]
        {
            (SettingKey.Region, "--region"), (SettingKey.Domain, "--domain"), (SettingKey.HostedZone, "--hosted-zone"), (SettingKey.Stage, "--stage"),
            (SettingKey.InstanceType, "--instance-type"), (SettingKey.Architecture, "--architecture"),
        }.ToDictionary(one => one.Key, one => new Option<string?>(one.Option) { Description = $"Instead of the stack's {one.Key.Name}: {one.Key.Form.Values}." });

    private static async Task RunAsync(
        string stack, StackFile file, string? path, Shown form, TimeSpan? asks, DateOnly today, CancellationToken cancellation)
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

    // Other credentials than the deployment's would ask another account.
    private static async Task<AccountView> AskAsync(
        Plan plan, ProviderSettings provider, StackFile file, TimeSpan limit, CancellationToken cancellation)
    {
        if (file.EncryptedProvider.Count == 0) return await AccountInquiry.AskAsync(plan, provider, limit, cancellation);
        var keys = file.EncryptedProvider.Order(StringComparer.Ordinal).Select(key => ProviderSettingsReader.Namespace + key);
        return AccountView.Unasked($"{string.Join(", ", keys)} is encrypted in the stack's file; add --decrypt");
    }

    private static OpsException Undeployable(AccountView account, string? path)
    {
        var lines = account.Wrong.SelectMany(wrong => wrong.Split('\n')).Select(line => $"\n  {line}");
        return new($"{(path is null ? "" : $"{path}: ")}account {account.Id} cannot have this stack:{string.Concat(lines)}");
    }
}
