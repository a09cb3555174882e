using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing;

/// <summary>
/// Publishes the services, self-contained for the hosts' processor, and packs each into one archive named by its content.
/// An archive is reused as long as none of its inputs has changed.
/// </summary>
public static class ArtifactPublisher
{
    // Ahead-of-time code starts sooner (docs/performance.md). Symbols contain paths and aren't used on a host.
    // Analysis changes no byte and ran when the sources were tested.
    private static readonly string[] Options =
    [
        "-p:PublishReadyToRun=true", "-p:DebugType=none", "-p:RunAnalyzers=false",
        "-p:PublishDocumentationFiles=false", "-p:PublishReferencesDocumentationFiles=false",
    ];

    private static readonly (string Service, string Project)[] Services =
    [
        ("relay", "turn/Relay/Causeway.Relay.csproj"),
        ("signalling", "signalling/Causeway.Signalling.csproj"),
    ];

    /// <summary>Publishes the services whose inputs have changed.</summary>
    /// <param name="root">The checkout's top folder. The archives are written to its <c>artifacts/hosts</c>.</param>
    /// <param name="architecture">The hosts' processor.</param>
    /// <param name="report">Called with each step before it starts.</param>
    /// <exception cref="PublishException">A program can't be built, or its archive can't be written.</exception>
    public static IReadOnlyList<Artifact> Publish(string root, Architecture architecture, Action<string>? report = null) =>
        Publish(root, architecture, report, "dotnet");

    internal static IReadOnlyList<Artifact> Publish(string root, Architecture architecture, Action<string>? report, string program)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var runtime = architecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var folder = Path.Combine(root, "artifacts", "hosts", runtime);
        try
        {
            Directory.CreateDirectory(folder);
            using var alone = FolderLock.Take(folder);
            var dotnet = new DotNet(program, root);
            var versions = dotnet.Versions(Services[0].Project);
            report ??= _ => { };
            return [.. Services.Select(each => Publish(dotnet, versions, runtime, folder, each.Service, each.Project, report))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            const string fix = "publishing needs write access to it and about 1 GB of space";
            throw new PublishException($"{folder}: {failure.Message.TrimEnd('.')}; {fix}", failure);
        }
    }

    private static Artifact Publish(
        DotNet dotnet, string versions, string runtime, string folder, string service, string project, Action<string> report)
    {
        string[] arguments = ["publish", project, "--configuration", "Release", "--runtime", runtime, "--self-contained", .. Options];
        var archive = new PublishedArchive(service, Path.Combine(folder, $"{service}.tar.gz"));
        var key = PublishInputs.Key(dotnet.Root, project, [versions, .. arguments]);
        if (archive.Find(key) is { } unchanged)
        {
            report($"{service} for {runtime} is up to date");
            return unchanged;
        }

        report($"Publishing {service} for {runtime}");
        archive.Forget();
        // A separate build folder: a developer's own builds are neither used nor disturbed.
        var output = Path.Combine(folder, service);
        if (Directory.Exists(output)) Directory.Delete(output, recursive: true);
        var build = Path.Combine(dotnet.Root, "artifacts", "hosts", "build");
        var printed = dotnet.Run([.. arguments, "--output", output, $"-p:ArtifactsPath={build}"]);
        foreach (var warning in Warnings(printed)) report(warning);
        if (PublishInputs.Key(dotnet.Root, project, [versions, .. arguments]) != key)
            throw new PublishException($"{project}: sources changed while {service} was being published; publish again");
        var published = archive.Keep(key, output);
        Directory.Delete(output, recursive: true);
        return published;
    }

    // Advisories on packages, above all. They stop no publish, so they are shown.
    private static IEnumerable<string> Warnings(string printed) =>
        printed.Split('\n').Where(line => line.Contains(": warning ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct();
}
