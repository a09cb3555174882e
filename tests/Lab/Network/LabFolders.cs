namespace Causeway.Lab.Network;

/// <summary>Where the lab keeps things on the machine.</summary>
internal static class LabFolders
{
    /// <summary>The checkout's top folder.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>The folder for a scenario's logs, made when it is not there: in the folder that <c>script/lab</c> names, else in <c>artifacts/lab</c>.</summary>
    public static string LogsOf(string scenario)
    {
        var root = Environment.GetEnvironmentVariable("CAUSEWAY_LAB_LOGS") is { Length: > 0 } named ? named : Path.Combine(Checkout, "artifacts", "lab", "last");
        var folder = Path.Combine(root, string.Concat(scenario.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-')));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }

    private static string FindCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Causeway.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no checkout: no folder above it holds Causeway.slnx");
    }
}
