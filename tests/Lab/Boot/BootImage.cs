using Causeway.Blueprint;
using Causeway.Lab.Network;

namespace Causeway.Lab.Boot;

/// <summary>A Debian root as the official cloud image has it, with the packages that hosts install already in it. Made once and kept outside the checkout.</summary>
internal static class BootImage
{
    private static readonly string[] Packages =
    [
        "systemd-sysv", "dbus", "cloud-init", "curl", "e2fsprogs", "python3", "nftables", "openssl", "lego", "ca-certificates", "iproute2", "netbase",
    ];

    // The name says what is in it: another list of packages is another image.
    private static readonly string Folder = Path.Combine("/var/cache/causeway-lab", $"trixie-{Generation.Hash(Packages)}");

    /// <summary>The image's folder; made now when it is not there, which takes minutes and needs Debian's archive.</summary>
    public static string Get()
    {
        if (Directory.Exists(Folder)) return Folder;
        foreach (var program in (string[])["debootstrap", "systemd-nspawn"])
            Assert.SkipUnless(ShellCommand.Exists(program), $"Instances boot by {program}: script/lab boot needs the packages debootstrap and systemd-container.");

        var making = $"{Folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        ShellCommand.Run("debootstrap", ["--variant=minbase", "trixie", making, "http://deb.debian.org/debian"]);
        // Not by --include: an older debootstrap does not understand all dependencies of newer packages.
        ShellCommand.Run("chroot", [making, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "install", "-y", "--no-install-recommends", .. Packages]);
        Directory.Move(making, Folder);
        return Folder;
    }
}
