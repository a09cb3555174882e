using System.ComponentModel;
using System.Diagnostics;

namespace Causeway.Signalling.Tests.Page;

/// <summary>Debian's node, which runs the page's modules without a browser.</summary>
internal static class Node
{
    // From this version on a .js file with imports and exports is an ES module, as it is in browsers.
    private static readonly Version Oldest = new(20, 19);

    /// <summary>Why tests that need node are skipped; null when it is installed.</summary>
    public static string? Missing { get; } = Installed() switch
    {
        null => "node is not installed: apt-get install nodejs",
        var version when version < Oldest => $"node {version} is too old, the page's modules need {Oldest}: apt-get install nodejs",
        _ => null,
    };

    /// <summary>Skips the test where node is missing or too old.</summary>
    public static void SkipIfMissing() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    private static Version? Installed()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true })!;
            return Version.Parse(node.StandardOutput.ReadToEnd().Trim().TrimStart('v'));
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
