using System.Diagnostics;
using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>The same sources give the same bytes in any folder, so that an update from another machine replaces no host.</summary>
[Collection("publishes the project")]
public sealed class CloneTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("causeway-clone-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public void A_clone_in_another_folder_publishes_identical_archives()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Project.Root, ".git")), $"{Project.Root} isn't a git checkout, so it can't be cloned");
        var here = Project.Published(Architecture.X64);
        var clone = Path.Combine(_scratch.FullName, "in", "a-folder", "whose-path-is-longer-than-most", "clone");
        // The checkout may belong to another user, which git refuses by default.
        var settings = Path.Combine(_scratch.FullName, "gitconfig");
        File.WriteAllText(settings, "[safe]\n\tdirectory = *\n");
        Git(settings, "clone", "--quiet", Project.Root, clone);
        // What is not committed yet counts too.
        var changed = Git(settings, "-C", Project.Root, "diff", "HEAD", "--name-only", "--no-renames", "-z");
        var added = Git(settings, "-C", Project.Root, "ls-files", "--others", "--exclude-standard", "-z");
        foreach (var path in changed.Concat(added)) Copy(path, clone);

        var reported = new List<string>();
        var published = ArtifactPublisher.Publish(clone, Architecture.X64, reported.Add);
        Assert.Equal(["Publishing relay for linux-x64", "Publishing signalling for linux-x64"], reported);
        Assert.Equal(here.Select(artifact => artifact.Key), published.Select(artifact => artifact.Key));
    }

    private static void Copy(string path, string clone)
    {
        var (from, to) = (Path.Combine(Project.Root, path), new FileInfo(Path.Combine(clone, path)));
        to.Directory!.Create();
        if (File.Exists(from)) File.Copy(from, to.FullName, overwrite: true);
        else to.Delete();
    }

    private static string[] Git(string settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = settings;
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
