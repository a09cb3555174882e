using Causeway.Lab.Machine;

namespace Causeway.Lab.Network;

/// <summary>Where the lab keeps things on the machine.</summary>
internal static class LabFolders
{
    /// <summary>The folder for a scenario's logs, made when it is not there: in the folder that <c>script/lab</c> names, else in <c>artifacts/lab</c>.</summary>
    public static string LogsOf(string scenario)
    {
        var root = Environment.GetEnvironmentVariable("CAUSEWAY_LAB_LOGS") is { Length: > 0 } named ? named : Path.Combine(Repository.Root, "artifacts", "lab", "last");
        var folder = Path.Combine(root, string.Concat(scenario.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-')));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }
}
