namespace Causeway.Lab.Boot;

/// <summary>
/// A Debian root as the official cloud image has it, with the packages that hosts install already in it: what <c>image.sh</c> prepares,
/// once.
/// </summary>
internal static class BootImage
{
    private static readonly Lazy<string> Folder = new(
        () => ShellCommand.Run(Path.Combine(AppContext.BaseDirectory, "Boot", "image.sh"), []).Trim());

    /// <summary>The image's folder; prepared now when it is not there, which takes a minute or two and needs Debian's archive.</summary>
    public static string Get()
    {
        Assert.SkipUnless(ShellCommand.Exists("systemd-nspawn"),
            "Instances boot by systemd-nspawn: script/lab boot installs its package, systemd-container.");
        return Folder.Value;
    }
}
