using System.CommandLine;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;
using Causeway.Ops.Account;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Sweep;

/// <summary>The account and regions of a command.</summary>
/// <param name="Provider">The settings with the credentials and the allowed accounts.</param>
/// <param name="Regions">The selected regions.</param>
/// <param name="Timeout">The timeout of a request.</param>
internal sealed record AccountChoice(ProviderSettings Provider, IReadOnlyList<string> Regions, TimeSpan Timeout)
{
    /// <summary>Opens a session in which <see cref="SweepCalls"/> retries requests instead of the SDK.</summary>
    /// <exception cref="NotAskedException">
    /// No credentials were found, or they belong to an account that the settings exclude.
    /// </exception>
    public Task<AwsSession> OpenAsync(CancellationToken cancellation) =>
        AwsSession.OpenAsync(Provider, Regions[0], Timeout, cancellation, retries: 0);
}

/// <summary>The options that select account and regions. By default, the stacks' files do.</summary>
internal sealed partial class AccountOptions
{
    private const int MostFiles = 100;

    public Option<string[]> Regions { get; } = new("--region")
    {
        Description = "A region to search; can be repeated. Defaults to the regions of the stacks' files.",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<string?> Settings { get; } = new("--settings")
    {
        Description = "The stack whose file selects the credentials and the allowed accounts. "
            + "Defaults to the files of all stacks if they agree.",
    };

    public Option<DirectoryInfo> Project { get; } = new StackOptions().Project;

    public Option<bool> Decrypt { get; } =
        new("--decrypt") { Description = "Have Pulumi decrypt encrypted settings under aws:." };

    public Option<int> Timeout { get; } = SecondsOption.AccountTimeout();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Regions, Settings, Project, Decrypt, Timeout]) command.Add(option);
    }

    /// <summary>Reads the options and the stacks' files.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="stack">The command's stack, whose file is used if it exists; null for all stacks.</param>
    /// <param name="cancellation">Cancels reading.</param>
    /// <exception cref="OpsException">An option or a file is wrong, or no region is selected.</exception>
    public async Task<AccountChoice> ReadAsync(ParseResult line, string? stack, CancellationToken cancellation)
    {
        var project = line.GetRequiredValue(Project);
        StackOptions.RequireFolder(project, OpsException.Wrong);
        var files = Files(project, line.GetValue(Settings), stack);
        var said = line.GetValue(Regions) ?? [];
        var ofFiles = files.Select(file => file.File.Values.GetValueOrDefault(SettingKey.Region.Name)).OfType<string>();
        string[] regions = said.Length > 0 ? said : [.. ofFiles];
        var usual = AwsCredentialSource.Set("AWS_REGION") ?? AwsCredentialSource.Set("AWS_DEFAULT_REGION");
        if (regions.Length == 0 && usual is not null) regions = [usual];
        if (regions.Length == 0)
            throw new OpsException("no region in a stack's file; pass one such as --region eu-central-1", OpsException.Wrong);
        if (Array.Find(regions, region => !Region().IsMatch(region)) is { } wrong)
            throw new OpsException($"--region: invalid region '{wrong}'; pass one such as eu-central-1", OpsException.Wrong);
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
            throw new OpsException($"{project} has more than {MostFiles} stacks' files; pass --settings STACK", OpsException.Wrong);
        return [.. names.Select(name => new NamedFile(name, StackFile.Read(project, name)))];
    }

    // With other credentials than the deployment's, another account would be searched. An encrypted guard can't be ignored.
    private static async Task<ProviderSettings> ProviderAsync(
        DirectoryInfo project, List<NamedFile> files, bool decrypt, CancellationToken cancellation)
    {
        if (files.Count == 0) return ProviderSettings.None;
        if (files.DistinctBy(file => Text(file.File)).Skip(1).Any())
            throw new OpsException(
                $"the files of {string.Join(", ", files.Select(file => file.Stack))} differ in their settings under aws:; "
                + "pass one of them with --settings STACK", OpsException.Wrong);
        var (stack, file) = files[0];
        if (file.EncryptedProvider.Count > 0 && !decrypt)
        {
            var keys = file.EncryptedProvider.Order(StringComparer.Ordinal).Select(key => ProviderSettingsReader.Namespace + key);
            throw new OpsException(
                $"{string.Join(", ", keys)} is encrypted in {StackFile.PathOf(project, stack)}; pass --decrypt", OpsException.Wrong);
        }
        if (decrypt) file = await file.DecryptProviderAsync(new(project), stack, cancellation);
        var region = file.Values.GetValueOrDefault(SettingKey.Region.Name);
        var provider = ProviderSettingsReader.Read(file.Provider, null, region, out var mistakes);
        return mistakes.Count == 0 ? provider : throw OpsException.Of(new(mistakes), StackFile.PathOf(project, stack));
    }

    // Without the region, which differs between stacks.
    private static string Text(StackFile file) => string.Join('\n', file.Provider.Where(setting => setting.Key != "region")
        .Select(setting => $"{setting.Key}={setting.Value}").Concat(file.EncryptedProvider.Select(key => $"{key}=(secret of this file)"))
        .Order(StringComparer.Ordinal));

    [GeneratedRegex("^[a-z]+(-[a-z]+)+-[0-9]+$")]
    private static partial Regex Region();
}
