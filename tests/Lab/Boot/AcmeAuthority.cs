using System.Globalization;
using System.Net;
using Causeway.Lab.Network;
using Causeway.Tests.Support.Tls;

namespace Causeway.Lab.Boot;

/// <summary>
/// Debian's pebble on its own host: an authority that speaks ACME (RFC 8555), under Let's Encrypt's name and behind a certificate of
/// the lab's authority.
/// </summary>
internal sealed class AcmeAuthority
{
    private const string HostName = "acme-v02.api.letsencrypt.org";
    private const int ManagementPort = 15000;
    private readonly RunningProgram _pebble;

    private AcmeAuthority(RunningProgram pebble, IPAddress address) => (_pebble, Address) = (pebble, address);

    /// <summary>Where its directory lies (pebble's path is its own).</summary>
    public const string Directory = $"https://{HostName}/dir";

    /// <summary>Where it answers.</summary>
    public IPAddress Address { get; }

    /// <summary>How many requests it got.</summary>
    public int Requests => Pebble.Requests(_pebble.Output);

    /// <summary>How many certificates were ordered.</summary>
    public int Orders => Pebble.Orders(_pebble.Output);

    /// <summary>Starts it; browsers and clients of the testbed trust what it issues.</summary>
    public static async Task<AcmeAuthority> StartAsync(Testbed testbed)
    {
        Assert.SkipUnless(ShellCommand.Exists("pebble"), "Certificates come from pebble: apt-get install pebble.");
        var host = testbed.Server("acme", HostName);
        var arguments = Pebble.Arguments(Path.Combine(testbed.Scratch, "pebble.json"), $"{host.IPv4}:443", $"{host.IPv4}:{ManagementPort}",
            testbed.Authority.Issue(HostName), $"{Internet.NameServer}:53", TimeSpan.FromDays(90));
        var pebble = host.Start("pebble", arguments, Pebble.Environment);
        await pebble.LineWith(Pebble.Ready, TimeSpan.FromSeconds(30));
        var roots = string.Create(CultureInfo.InvariantCulture, $"https://{HostName}:{ManagementPort}/roots/0");
        testbed.Authority.Trust("pebble", host.Run("curl", "-sS", "--fail", "--cacert", testbed.Authority.CertificateFile, roots));
        return new(pebble, host.IPv4);
    }
}
