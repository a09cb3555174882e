using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops credentials</c>: iceServers with a fresh credential, for any other application.</summary>
internal static class CredentialsCommand
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    public static Command Create()
    {
        var settings = new Option<FileInfo>("--settings")
        {
            Description = "The settings file of a signalling service.",
            DefaultValueFactory = _ => new(Path.Combine("var", "local", "settings.json")),
        };
        var stack = new Option<string?>("--stack") { Description = "A stack instead, through Pulumi's command line." };
        var options = new StackOptions();
        var lifetime = new Option<TimeSpan>("--lifetime")
        {
            Description = "How long the credential lasts, as 90m, 12h or 7d.",
            DefaultValueFactory = _ => TimeSpan.FromHours(12),
            CustomParser = result => Lifetime(result.Tokens[0].Value),
        };
        var subject = new Option<string>("--subject") { Description = "Whom it is for: a word that logs and quotas know the user by. Travels in clear.", DefaultValueFactory = _ => "ops" };
        var command = new Command("credentials", "Prints iceServers with a fresh credential, for any other application.") { settings, stack, options.Project, lifetime, subject };
        command.SetAction(async (line, cancellation) =>
        {
            var whom = line.GetValue(subject)!;
            if (!Credentials.IsSubject(whom))
                throw new OpsException($"--subject: invalid subject '{whom}'; write 1 to 200 visible ASCII characters without a colon", OpsException.Wrong);
            if (line.GetValue(stack) is not null && line.GetResult(settings) is { Implicit: false })
                throw new OpsException("--stack and --settings: the secret is that of the one or of the other; say one of them", OpsException.Wrong);
            var (urls, secret) = line.GetValue(stack) is { } name
                ? await OfStackAsync(StackOptions.Require(name), options.ReadProject(line), cancellation)
                : OfSettings(line.GetValue(settings)!);
            var expiry = (DateTimeOffset.UtcNow + line.GetValue(lifetime)).ToUnixTimeSeconds();
            Console.WriteLine(IcePlan.ToJson(urls.Servers(secret, whom, expiry)));
        });
        return command;
    }

    /// <summary>Reads <c>90m</c>, <c>12h</c> or <c>7d</c>.</summary>
    /// <exception cref="OpsException">It is none, or longer than 30 days.</exception>
    internal static TimeSpan Lifetime(string text)
    {
        var known = text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? text[^1] switch { 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => TimeSpan.Zero }
            : TimeSpan.Zero;
        if (known == TimeSpan.Zero) throw new OpsException($"--lifetime: '{text}' is no time; write 90m, 12h or 7d", OpsException.Wrong);
        return known <= LongestLifetime ? known : throw new OpsException($"--lifetime: {text} is longer than {LongestLifetime.Days}d; whoever has the credential can use the relay for as long", OpsException.Wrong);
    }

    private static (IcePlan Urls, string Secret) OfSettings(FileInfo file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file.FullName));
            if (!json.RootElement.TryGetProperty("signalling", out var signalling) || !signalling.TryGetProperty("ice", out var ice))
                throw new OpsException($"{file} has no signalling.ice, so it is no settings file of signalling; name one with --settings, or a stack with --stack", OpsException.Wrong);
            var secrets = ice.TryGetProperty("secretsFile", out var path) && path.GetString() is { } name ? File.ReadAllLines(name) : Strings(ice, "secrets");
            if (secrets.Length == 0) throw new OpsException($"{file}: there is no secret under signalling.ice; a service without TURN has no credentials", OpsException.Wrong);
            return (new(Strings(ice, "stunUrls"), Strings(ice, "turnUrls")), secrets[0]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"{file} cannot be read ({cause.Message}); start script/up, or name a settings file with --settings or a stack with --stack", cause: cause);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw new OpsException($"{file} is no settings file of signalling ({cause.Message}); name one with --settings, or a stack with --stack", OpsException.Wrong, cause);
        }
    }

    // The URLs are an output of the stack, for they name what runs; the secret derives from the root secret, which Pulumi decrypts.
    private static async Task<(IcePlan Urls, string Secret)> OfStackAsync(string stack, DirectoryInfo project, CancellationToken cancellation)
    {
        var pulumi = new PulumiCli(project);
        var output = await pulumi.RunAsync(["stack", "output", OutputPlan.IceServers.Name, "--show-secrets", "--stack", stack], "", cancellation);
        var root = await pulumi.RunAsync(["config", "get", $"causeway:{SettingKey.RootSecret.Name}", "--stack", stack], "", cancellation);
        var file = await StackFile.Read(project, stack).DecryptAsync(pulumi, stack, cancellation);
        try
        {
            var values = new Dictionary<string, string>(file.Values) { [SettingKey.RootSecret.Name] = root.Trim() };
            var secret = Planner.Plan(StackSettingsReader.Read(stack, values, encrypted: file.Encrypted), Artifact.Unpublished).TurnSecret.Reveal();
            var servers = JsonSerializer.Deserialize<IceServer[]>(output, JsonFormat.Settings) ?? [];
            return (new(
                [.. servers.Where(server => server.Credential is null).SelectMany(server => server.Urls)],
                [.. servers.Where(server => server.Credential is not null).SelectMany(server => server.Urls)]), secret);
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes, StackFile.PathOf(project, stack));
        }
        catch (JsonException cause)
        {
            throw new OpsException($"the output {OutputPlan.IceServers.Name} of the stack '{stack}' is no list of iceServers ({cause.Message}); run pulumi up", cause: cause);
        }
    }

    private static string[] Strings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")] : [];
}
