using System.ComponentModel;
using System.Diagnostics;

namespace Causeway.Publishing.Tests;

/// <summary>
/// Runs arm64 programs by Debian's user-mode emulation, with the libraries of the instances' release, which <c>script/test</c> fetches.
/// </summary>
internal static class Emulation
{
    private const string Emulator = "qemu-aarch64";

    // Emulation is about twenty times slower than the processor, and the machine may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string Libraries = Path.Combine(Cache, "causeway/arm64");

    private static string Cache => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    /// <summary>Skips the test where emulation isn't available.</summary>
    public static void Require()
    {
        Assert.SkipUnless(IsInstalled(), "qemu-aarch64 is not installed: apt-get install qemu-user");
        var libraries = Path.Combine(Libraries, "usr/lib/aarch64-linux-gnu");
        Assert.SkipUnless(Directory.Exists(libraries), $"{libraries} is missing; script/test fetches the arm64 libraries");
    }

    // The runtime writes code at one address and runs it at another, which the emulator doesn't follow.
    public static RunningProgram Start(string program, IEnumerable<string> arguments) =>
        RunningProgram.Start(Emulator, ["-L", Libraries, program, .. arguments], new Dictionary<string, string?>
        {
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["DOTNET_EnableWriteXorExecute"] = "0",
        }, patience: Patience);

    private static bool IsInstalled()
    {
        try
        {
            using var version = Process.Start(new ProcessStartInfo(Emulator, "--version") { RedirectStandardOutput = true })!;
            version.WaitForExit();
            return version.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
