using System.Globalization;
using System.Net;
using System.Text.Json;
using Causeway.Lab.Network;

namespace Causeway.Lab.Boot;

/// <summary>Debian's pebble on a host of its own: an authority that speaks ACME (RFC 8555), under Let's Encrypt's name and behind a certificate of the lab's authority.</summary>
internal sealed class AcmeAuthority
{
    private const string HostName = "acme-v02.api.letsencrypt.org";
    private const int ManagementPort = 15000;
    private readonly LabProcess _pebble;

    private AcmeAuthority(LabProcess pebble, IPAddress address) => (_pebble, Address) = (pebble, address);

    /// <summary>Where its directory lies (pebble's path is its own).</summary>
    public const string Directory = $"https://{HostName}/dir";

    /// <summary>Where it answers.</summary>
    public IPAddress Address { get; }

    /// <summary>How many requests it got.</summary>
    public int Requests => Count("calling handler()");

    /// <summary>How many certificates it was asked for.</summary>
    public int Orders => Count("POST /order-plz");

    /// <summary>Starts it; browsers and clients of the testbed trust what it issues.</summary>
    public static async Task<AcmeAuthority> StartAsync(Testbed testbed)
    {
        Assert.SkipUnless(ShellCommand.Exists("pebble"), "Certificates come from pebble: apt-get install pebble.");
        var host = testbed.Server("acme", HostName);
        var (certificate, privateKey) = testbed.Authority.Issue(HostName);
        var settings = Path.Combine(testbed.Scratch, "pebble.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new
        {
            pebble = new
            {
                listenAddress = $"{host.IPv4}:443",
                managementListenAddress = $"{host.IPv4}:{ManagementPort}",
                certificate,
                privateKey,
                httpPort = 80,
                tlsPort = 443,
                certificateValidityPeriod = (long)TimeSpan.FromDays(90).TotalSeconds,
            },
        }));
        // Its waits and its random refusals are for testing clients, which their authors do.
        var pebble = host.Start("pebble", ["-strict", "-config", settings, "-dnsserver", $"{Internet.NameServer}:53"],
            new Dictionary<string, string?> { ["PEBBLE_VA_NOSLEEP"] = "1", ["PEBBLE_WFE_NONCEREJECT"] = "0" });
        await pebble.LineWith("ACME directory available", TimeSpan.FromSeconds(30));
        testbed.Authority.Trust("pebble", host.Run("curl", "-sS", "--fail", "--cacert", testbed.Authority.CertificateFile, string.Create(CultureInfo.InvariantCulture, $"https://{HostName}:{ManagementPort}/roots/0")));
        return new(pebble, host.IPv4);
    }

    private int Count(string text)
    {
        using var log = new StreamReader(new FileStream(_pebble.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return log.ReadToEnd().Split(text).Length - 1;
    }
}
