using System.Globalization;

namespace Causeway.Tests.Support.Running;

/// <summary>The programs as they were built, each in its own folder: a copy beside the tests lacks what only the program needs.</summary>
public static class Programs
{
    // Of the same configuration as these tests: artifacts/bin/PROJECT/CONFIGURATION/.
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static string Ops { get; } = File("ops", ".dll");

    public static string Relay { get; } = File("relay", ".dll");

    public static string Signalling { get; } = File("signalling", ".dll");

    /// <summary>A program by its short name, as <c>relay</c>, in the form that runs by itself.</summary>
    public static string Executable(string name) => File(name, OperatingSystem.IsWindows() ? ".exe" : "");

    private static string File(string name, string extension) => Checkout.At(
        "artifacts", "bin", $"Causeway.{CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name)}", Configuration,
            $"causeway-{name}{extension}");
}
