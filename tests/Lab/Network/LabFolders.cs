namespace Causeway.Lab.Network;

/// <summary>Where the lab keeps things on the machine.</summary>
internal static class LabFolders
{
    /// <summary>
    /// A unique path for something temporary of this process. What a killed process leaves there is removed by the next
    /// (<see cref="Leftovers"/>).
    /// </summary>
    /// <param name="thing">What it is.</param>
    public static string Temporary(string thing) =>
        Path.Combine(Path.GetTempPath(), TestOwner.Current.NameOf($"{Guid.NewGuid():N}-{thing}"));

    /// <summary>A temporary folder that only this user can read.</summary>
    public static DirectoryInfo New(string thing) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(Temporary(thing))
        : Directory.CreateDirectory(Temporary(thing), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>A file that a test leaves for people to look at.</summary>
    public static string Result(string name) => Path.Combine(Directory.CreateDirectory(Checkout.At("artifacts", "lab")).FullName, name);

    /// <summary>
    /// The folder for a scenario's logs, made when it is not there: in the folder that <c>script/lab</c> names, else in
    /// <c>artifacts/lab</c>.
    /// </summary>
    public static string LogsOf(string scenario)
    {
        var root = Environment.GetEnvironmentVariable("CAUSEWAY_LAB_LOGS") is { Length: > 0 } named
            ? named
            : Checkout.At("artifacts", "lab", "last");
        var folder = Path.Combine(root, string.Concat(scenario.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-')));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }
}
