using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing;

/// <summary>
/// Publishes the services, self-contained for the hosts' processor, and packs each into one archive that is named by its content. What was published
/// before is used again as long as nothing that it was made from has changed.
/// </summary>
public static class ArtifactPublisher
{
    // Ahead-of-time code: hosts come up sooner (docs/performance.md). No symbols: they hold paths, and nobody debugs on a host.
    // No analysis: it changes no byte, takes its time, and was done when the sources were tested.
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

    /// <summary>Publishes what has changed; the rest is there already.</summary>
    /// <param name="root">The checkout's top folder. What is made lies in its <c>artifacts/hosts</c>.</param>
    /// <param name="architecture">The hosts' processor.</param>
    /// <param name="say">Is told what is done, before it is; null: nobody is.</param>
    /// <exception cref="PublishException">A program cannot be built, or its archive cannot be written.</exception>
    public static IReadOnlyList<Artifact> Publish(string root, Architecture architecture, Action<string>? say = null) => Publish(root, architecture, say, "dotnet");

    internal static IReadOnlyList<Artifact> Publish(string root, Architecture architecture, Action<string>? say, string program)
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
            return [.. Services.Select(service => Publish(dotnet, versions, runtime, folder, service.Service, service.Project, say ?? (_ => { })))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PublishException($"{folder}: {failure.Message.TrimEnd('.')}; the checkout must belong to who publishes, with about 1 GB free", failure);
        }
    }

    private static Artifact Publish(DotNet dotnet, string versions, string runtime, string folder, string service, string project, Action<string> say)
    {
        string[] arguments = ["publish", project, "--configuration", "Release", "--runtime", runtime, "--self-contained", .. Options];
        var archive = new PublishedArchive(service, Path.Combine(folder, $"{service}.tar.gz"));
        var key = PublishInputs.Key(dotnet.Root, project, [versions, .. arguments]);
        if (archive.Find(key) is { } published)
        {
            say($"{service} for {runtime} is published already");
            return published;
        }

        say($"Publishing {service} for {runtime}");
        archive.Forget();
        // A build folder of its own: what a developer builds beside it, for another runtime, is neither used nor disturbed.
        var output = Path.Combine(folder, service);
        if (Directory.Exists(output)) Directory.Delete(output, recursive: true);
        var printed = dotnet.Run([.. arguments, "--output", output, $"-p:ArtifactsPath={Path.Combine(dotnet.Root, "artifacts", "hosts", "build")}"]);
        // An advisory on a package, above all: it stops nothing, and nobody would see it otherwise.
        foreach (var warning in printed.Split('\n').Where(line => line.Contains(": warning ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct()) say(warning);
        if (PublishInputs.Key(dotnet.Root, project, [versions, .. arguments]) != key)
            throw new PublishException($"{project}: sources changed while {service} was published from them; publish again when they rest");
        var made = archive.Keep(key, output);
        Directory.Delete(output, recursive: true);
        return made;
    }
}
