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

/// <summary><c>ops credentials</c>: prints iceServers with a new credential, for other applications.</summary>
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
        var stack = new Option<string?>("--stack") { Description = "A stack to use instead of a settings file. Requires Pulumi." };
        var options = new StackOptions();
        var lifetime = new Option<TimeSpan>("--lifetime")
        {
            Description = "The lifetime of the credential, such as 90m, 12h or 7d.",
            DefaultValueFactory = _ => TimeSpan.FromHours(12),
            CustomParser = result => Lifetime(result.Tokens[0].Value),
        };
        var subject = new Option<string>("--subject")
        {
            Description = "The user, in logs and quotas. It is sent in clear.",
            DefaultValueFactory = _ => "ops",
        };
        var command = new Command("credentials", "Prints iceServers with a new credential, for other applications.")
        {
            settings, stack, options.Project, lifetime, subject,
        };
        command.SetAction(async (line, cancellation) =>
        {
            var user = line.GetValue(subject)!;
            if (!Credentials.IsSubject(user))
                throw Wrong($"--subject: invalid subject '{user}'; use 1 to 200 visible ASCII characters without a colon");
            if (line.GetValue(stack) is not null && line.GetResult(settings) is { Implicit: false })
                throw Wrong("--stack and --settings exclude each other; pass one of them");
            var (urls, secret) = line.GetValue(stack) is { } name
                ? await OfStackAsync(StackOptions.Require(name), options.ReadProject(line), cancellation)
                : OfSettings(line.GetValue(settings)!);
            var expiry = (DateTimeOffset.UtcNow + line.GetValue(lifetime)).ToUnixTimeSeconds();
            Console.WriteLine(IcePlan.ToJson(urls.Servers(secret, user, expiry)));
        });
        return command;
    }

    /// <summary>Parses a lifetime such as <c>90m</c>, <c>12h</c> or <c>7d</c>.</summary>
    /// <exception cref="OpsException">The lifetime is invalid or exceeds 30 days.</exception>
    internal static TimeSpan Lifetime(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) number = 0;
        var lifetime = text.AsSpan() switch
        {
            [.., 'm'] => TimeSpan.FromMinutes(number),
            [.., 'h'] => TimeSpan.FromHours(number),
            [.., 'd'] => TimeSpan.FromDays(number),
            _ => TimeSpan.Zero,
        };
        if (lifetime == TimeSpan.Zero) throw Wrong($"--lifetime: invalid lifetime '{text}'; use 90m, 12h or 7d");
        return lifetime <= LongestLifetime
            ? lifetime
            : throw Wrong($"--lifetime: {text} exceeds the maximum of {LongestLifetime.Days}d");
    }

    private static OpsException Wrong(string message, Exception? cause = null) => new(message, OpsException.Wrong, cause);

    private static (IcePlan Urls, string Secret) OfSettings(FileInfo file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file.FullName));
            if (!json.RootElement.TryGetProperty("signalling", out var signalling) || !signalling.TryGetProperty("ice", out var ice))
                throw Wrong($"{file} has no signalling.ice; pass a settings file of signalling with --settings, or a stack with --stack");
            var secrets = ice.TryGetProperty("secretsFile", out var path) && path.GetString() is { } name
                ? File.ReadAllLines(name)
                : Strings(ice, "secrets");
            if (secrets.Length == 0) throw Wrong($"{file} has no secret under signalling.ice; a service without TURN has no credentials");
            return (new(Strings(ice, "stunUrls"), Strings(ice, "turnUrls")), secrets[0]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            const string fix = "start script/up, or pass a settings file with --settings or a stack with --stack";
            throw new OpsException($"can't read {file} ({cause.Message}); {fix}", cause: cause);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            const string fix = "pass one with --settings, or a stack with --stack";
            throw Wrong($"{file} isn't a settings file of signalling ({cause.Message}); {fix}", cause);
        }
    }

    // The URLs are an output of the stack, since they name the running relay. The secret derives from the root secret.
    private static async Task<(IcePlan Urls, string Secret)> OfStackAsync(
        string stack, DirectoryInfo project, CancellationToken cancellation)
    {
        var pulumi = new PulumiCli(project);
        string[] iceServers = ["stack", "output", OutputPlan.IceServers.Name, "--show-secrets", "--stack", stack];
        var output = await pulumi.RunAsync(iceServers, "", cancellation);
        var root = await pulumi.RunAsync(["config", "get", $"causeway:{SettingKey.RootSecret.Name}", "--stack", stack], "", cancellation);
        var file = await StackFile.Read(project, stack).DecryptAsync(pulumi, stack, cancellation);
        try
        {
            var values = new Dictionary<string, string>(file.Values) { [SettingKey.RootSecret.Name] = root.Trim() };
            var settings = StackSettingsReader.Read(stack, values, encrypted: file.Encrypted);
            var secret = Planner.Plan(settings, Artifact.Unpublished).TurnSecret.Reveal();
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
            var name = OutputPlan.IceServers.Name;
            throw new OpsException(
                $"the output {name} of the stack '{stack}' isn't a list of iceServers ({cause.Message}); run pulumi up", cause: cause);
        }
    }

    private static string[] Strings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")] : [];
}
