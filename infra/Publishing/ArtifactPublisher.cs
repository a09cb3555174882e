using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Infra.Publishing;

/// <summary>Publishes the services, self-contained for the hosts' processor, and packs each into one archive that is named by its content.</summary>
public static class ArtifactPublisher
{
    private static readonly (string Service, string Project)[] Services =
    [
        ("relay", "turn/Relay/Causeway.Relay.csproj"),
        ("signalling", "signalling/Causeway.Signalling.csproj"),
    ];

    /// <summary>Publishes all services.</summary>
    /// <param name="root">The checkout's top folder.</param>
    /// <param name="architecture">The hosts' processor.</param>
    public static IReadOnlyList<Artifact> Publish(string root, Architecture architecture)
    {
        var runtime = architecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        return [.. Services.Select(service => Publish(root, runtime, service.Service, service.Project))];
    }

    private static Artifact Publish(string root, string runtime, string service, string project)
    {
        // Below artifacts/, which the build owns and version control ignores.
        var folder = Path.Combine(root, "artifacts", "hosts", runtime, service);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Run(root, "dotnet", "publish", project, "--configuration", "Release", "--runtime", runtime, "--self-contained", "--output", folder, "--nologo", "--verbosity", "quiet",
            "-p:DebugType=none", "-p:PublishDocumentationFiles=false", "-p:PublishReferencesDocumentationFiles=false");

        var archive = folder + ".tar.gz";
        using (var file = File.Create(archive)) DeterministicArchive.Write(folder, file);
        using var packed = File.OpenRead(archive);
        return new(service, Convert.ToHexStringLower(SHA256.HashData(packed)), archive);
    }

    private static void Run(string folder, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed in {folder}:\n{output}");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} is not found; the .NET SDK of global.json must be on the PATH", missing);
        }
    }
}
