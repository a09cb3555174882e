using System.Diagnostics;
using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>The same sources give the same bytes wherever they lie, so that another machine's update replaces no host.</summary>
[Collection("publishes the project")]
public sealed class CloneTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("causeway-clone-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public void A_clone_in_another_folder_publishes_identical_archives()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Project.Root, ".git")), $"{Project.Root} is no clone, so there is no other to compare it with");
        var here = Project.Published(Architecture.X64);
        var clone = Path.Combine(_scratch.FullName, "in", "a-folder", "whose-path-is-longer-than-most", "clone");
        // A checkout may belong to somebody else than who tests it, which git refuses unless it is told.
        var settings = Path.Combine(_scratch.FullName, "gitconfig");
        File.WriteAllText(settings, "[safe]\n\tdirectory = *\n");
        Git(settings, "clone", "--quiet", Project.Root, clone);
        // What is not committed yet counts too.
        foreach (var path in Git(settings, "-C", Project.Root, "diff", "HEAD", "--name-only", "--no-renames", "-z").Concat(Git(settings, "-C", Project.Root, "ls-files", "--others", "--exclude-standard", "-z")))
            Bring(path, clone);

        var said = new List<string>();
        var published = ArtifactPublisher.Publish(clone, Architecture.X64, said.Add);
        Assert.Equal(["Publishing relay for linux-x64", "Publishing signalling for linux-x64"], said);
        Assert.Equal(here.Select(artifact => artifact.Key), published.Select(artifact => artifact.Key));
    }

    private static void Bring(string path, string clone)
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
