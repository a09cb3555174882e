using System.CommandLine;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;
using Causeway.Ops.Account;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Sweep;

/// <summary>Which account and regions a command looks at that is about no single stack.</summary>
/// <param name="Provider">Whose credentials, and which accounts they may be of.</param>
/// <param name="Regions">The regions.</param>
/// <param name="Timeout">How long a request may take.</param>
internal sealed record AccountChoice(ProviderSettings Provider, IReadOnlyList<string> Regions, TimeSpan Timeout)
{
    /// <summary>Finds credentials and asks whose they are. <see cref="SweepCalls"/> repeats requests, not the SDK.</summary>
    /// <exception cref="NotAskedException">There are none, or they are of an account that the settings exclude.</exception>
    public Task<AwsSession> OpenAsync(CancellationToken cancellation) =>
        AwsSession.OpenAsync(Provider, Regions[0], Timeout, cancellation, retries: 0);
}

/// <summary>The options that choose them; the stacks' files say the rest.</summary>
internal sealed partial class AccountOptions
{
    private const int MostFiles = 100;

    public Option<string[]> Regions { get; } = new("--region")
    {
        Description = "A region to look in; may be said several times. Default: those of the stacks' files.",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<string?> Settings { get; } = new("--settings")
    {
        Description = "The stack whose file says with whose credentials, and in which accounts. "
            + "Default: the files of all stacks, where they say the same.",
    };

    public Option<DirectoryInfo> Project { get; } = new StackOptions().Project;

    public Option<bool> Decrypt { get; } =
        new("--decrypt") { Description = "Have Pulumi decrypt settings under aws: that the file keeps encrypted." };

    public Option<int> Timeout { get; } = SecondsOption.AccountTimeout();

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Regions, Settings, Project, Decrypt, Timeout]) command.Add(option);
    }

    /// <summary>Reads what was said, and the files.</summary>
    /// <param name="line">What was said.</param>
    /// <param name="stack">The stack that the command is about; null for any. Its file, where there is one, is the one that counts.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OpsException">Something is wrong, or nothing says a region.</exception>
    public async Task<AccountChoice> ReadAsync(ParseResult line, string? stack, CancellationToken cancellation)
    {
        var project = line.GetRequiredValue(Project);
        if (!project.Exists)
            throw new OpsException($"--project: there is no folder {project}; name the one that holds Pulumi.yaml", OpsException.Wrong);
        var files = Files(project, line.GetValue(Settings), stack);
        var said = line.GetValue(Regions) ?? [];
        var ofFiles = files.Select(file => file.File.Values.GetValueOrDefault(SettingKey.Region.Name)).OfType<string>();
        string[] regions = said.Length > 0 ? said : [.. ofFiles];
        var usual = AwsCredentialSource.Set("AWS_REGION") ?? AwsCredentialSource.Set("AWS_DEFAULT_REGION");
        if (regions.Length == 0 && usual is not null) regions = [usual];
        if (regions.Length == 0)
            throw new OpsException("no region: no stack's file here says one; say it: --region eu-central-1", OpsException.Wrong);
        if (Array.Find(regions, region => !Region().IsMatch(region)) is { } wrong)
            throw new OpsException($"--region: '{wrong}' is not the name of a region, as eu-central-1", OpsException.Wrong);
        return new(
            await ProviderAsync(project, files, line.GetValue(Decrypt), cancellation),
            [.. regions.Distinct()], TimeSpan.FromSeconds(line.GetValue(Timeout)));
    }

    private sealed record NamedFile(string Stack, StackFile File);

    private static List<NamedFile> Files(DirectoryInfo project, string? settings, string? stack)
    {
        if (settings is not null) return [new(settings, StackFile.Read(project, StackOptions.Require(settings)))];
        if (stack is not null && File.Exists(StackFile.PathOf(project, stack))) return [new(stack, StackFile.Read(project, stack))];
        var names = project.EnumerateFiles("Pulumi.*.yaml").Select(file => file.Name.Split('.')).Where(parts => parts.Length == 3)
            .Select(parts => parts[1])
            .Order(StringComparer.Ordinal).Take(MostFiles + 1).ToList();
        if (names.Count > MostFiles)
            throw new OpsException($"{project} has more than {MostFiles} stacks' files; name one: --settings STACK", OpsException.Wrong);
        return [.. names.Select(name => new NamedFile(name, StackFile.Read(project, name)))];
    }

    // Other credentials than the deployment's would look into another account, and a guard that is not read guards nothing.
    private static async Task<ProviderSettings> ProviderAsync(
        DirectoryInfo project, List<NamedFile> files, bool decrypt, CancellationToken cancellation)
    {
        if (files.Count == 0) return ProviderSettings.None;
        if (files.DistinctBy(file => Text(file.File)).Skip(1).Any())
            throw new OpsException(
                $"the files of {string.Join(", ", files.Select(file => file.Stack))} differ in their settings under aws:; "
                + "name one of them: --settings STACK", OpsException.Wrong);
        var (stack, file) = files[0];
        if (file.EncryptedProvider.Count > 0 && !decrypt)
        {
            var keys = file.EncryptedProvider.Order(StringComparer.Ordinal).Select(key => ProviderSettingsReader.Namespace + key);
            throw new OpsException(
                $"{string.Join(", ", keys)} is encrypted in {StackFile.PathOf(project, stack)}; add --decrypt", OpsException.Wrong);
        }
        if (decrypt) file = await file.DecryptProviderAsync(new(project), stack, cancellation);
        var region = file.Values.GetValueOrDefault(SettingKey.Region.Name);
        var provider = ProviderSettingsReader.Read(file.Provider, null, region, out var mistakes);
        return mistakes.Count == 0 ? provider : throw OpsException.Of(new(mistakes), StackFile.PathOf(project, stack));
    }

    // But for the region, which each stack has its own of.
    private static string Text(StackFile file) => string.Join('\n', file.Provider.Where(setting => setting.Key != "region")
        .Select(setting => $"{setting.Key}={setting.Value}").Concat(file.EncryptedProvider.Select(key => $"{key}=(secret of this file)"))
        .Order(StringComparer.Ordinal));

    [GeneratedRegex("^[a-z]+(-[a-z]+)+-[0-9]+$")]
    private static partial Regex Region();
}
