namespace Causeway.Publishing.Tests;

/// <summary>
/// Runs arm64 programs by Debian's user-mode emulation, with the libraries of the instances' release, which <c>script/test</c> fetches.
/// </summary>
internal static class Emulation
{
    private const string Emulator = "qemu-aarch64";

    // Emulation is about twenty times slower than the processor, and the machine may be busy.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string Libraries = Fetched.Folder("arm64");

    /// <summary>Skips the test where emulation isn't available.</summary>
    public static void Require()
    {
        Assert.SkipUnless(Run.Exists(Emulator), "qemu-aarch64 is not installed: apt-get install qemu-user");
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
}
