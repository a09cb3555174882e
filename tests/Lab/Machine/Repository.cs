namespace Causeway.Lab.Machine;

/// <summary>Where things stand in the checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Causeway.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A program of the solution, as the build put it beside its settings and files.</summary>
    /// <param name="project">As <c>Causeway.Signalling</c>.</param>
    /// <param name="program">As <c>causeway-signalling</c>.</param>
    public static string Program(string project, string program)
    {
        // The tests' own output is artifacts/bin/<project>/<configuration>; the others' lie beside it.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(Root, "artifacts", "bin", project, configuration, OperatingSystem.IsWindows() ? program + ".exe" : program);
    }

    /// <summary>A file that a test leaves for people to look at.</summary>
    public static string Result(string name)
    {
        var folder = Path.Combine(Root, "artifacts", "lab");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Causeway.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no checkout: no folder above it holds Causeway.slnx");
    }
}
