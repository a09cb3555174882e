using System.ComponentModel;
using System.Diagnostics;

namespace Causeway.Publishing.Tests;

/// <summary>Runs arm64 programs on this machine: Debian's user-mode emulation, with the libraries of the instances' release that <c>script/test</c> fetches.</summary>
internal static class Emulation
{
    private const string Emulator = "qemu-aarch64";

    // Some twenty times slower than the processor itself, on a machine that may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string Libraries = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "causeway/arm64");

    /// <summary>Skips the test where it cannot run.</summary>
    public static void Require()
    {
        Assert.SkipUnless(IsThere(), "arm64 programs cannot be emulated here: apt-get install qemu-user");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Libraries, "usr/lib/aarch64-linux-gnu")), $"the arm64 libraries are not in {Libraries}, where script/test puts them");
    }

    // The runtime writes its code at one address and runs it at another, which the emulator does not follow; on a real processor that is fine.
    public static RunningProgram Start(string program, IEnumerable<string> arguments) =>
        new(Emulator, ["-L", Libraries, program, .. arguments], new() { ["DOTNET_EnableWriteXorExecute"] = "0" }, Patience);

    private static bool IsThere()
    {
        try
        {
            using var asked = Process.Start(new ProcessStartInfo(Emulator, "--version") { RedirectStandardOutput = true })!;
            asked.WaitForExit();
            return asked.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
