using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Browsers;

/// <summary>Chromium on a host of a testbed.</summary>
internal static partial class Chromium
{
    // Chromium takes 2001:db8::/32 for a local network, which it keeps a page from that came from a public address, as 203.0.113.0/24 are
    // to it. Moving from IPv4 to IPv6 would cut the page off: the instances' addresses (Network.Instance) are public ones.
    private const string PublicAddresses = "--ip-address-space-overrides=[2001:db8:0:c0::2]:443=public,[2001:db8:0:c0::3]:443=public";

    /// <summary>Starts a browser on a host: its packets take that host's way, and it trusts the testbed's certificate authority.</summary>
    /// <param name="playwright">Drives it.</param>
    /// <param name="testbed">Where the host is.</param>
    /// <param name="host">The host.</param>
    /// <param name="arguments">Further switches of Chromium.</param>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, Testbed testbed, Host host, params string[] arguments) =>
        playwright.Chromium.LaunchAsync(new()
        {
            // Playwright speaks with a browser through a pipe, which survives the change of namespace; a debugging port would not.
            ExecutablePath = Checkout.At("tests", "Lab", "Browsers", "chromium-on-host.sh"),
            Args = With([PublicAddresses, .. arguments]),
            Env = new Dictionary<string, string>
            {
                ["HOME"] = MakeHome(testbed, host),
                ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
                ["LAB_NAMESPACE"] = host.NamespaceName,
                ["LAB_CHROMIUM"] = Find(Names)!,
            },
        });

    // Chromium takes further authorities from the NSS database of its user; also for TURN over TLS, which has no other setting.
    private static string MakeHome(Testbed testbed, Host host)
    {
        var home = Path.Combine(testbed.Scratch, $"chromium-{host.Name}-{Guid.NewGuid():N}");
        var database = Directory.CreateDirectory(Path.Combine(home, ".pki", "nssdb")).FullName;
        Assert.SkipUnless(ShellCommand.Exists("certutil"),
            "Browsers of the lab trust its certificate authority by certutil: apt-get install libnss3-tools.");
        ShellCommand.Run("certutil", ["-d", $"sql:{database}", "-N", "--empty-password"]);
        foreach (var file in testbed.Authority.Trusted)
            ShellCommand.Run(
                "certutil", ["-d", $"sql:{database}", "-A", "-t", "C,,", "-n", Path.GetFileNameWithoutExtension(file), "-i", file]);
        return home;
    }
}
