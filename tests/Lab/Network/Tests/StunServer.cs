using System.Net;

namespace Causeway.Lab.Network.Tests;

/// <summary>Debian's coturn as a STUN server with two ports: independent evidence of how the lab's NATs behave.</summary>
internal static class StunServer
{
    /// <summary>Starts it on a host.</summary>
    public static async Task<(IPEndPoint First, IPEndPoint Second)> StartAsync(Host host, IPAddress address)
    {
        Assert.SkipUnless(ShellCommand.Exists("turnserver"), "The STUN server of this test is Debian's coturn: apt-get install coturn.");
        foreach (var port in (int[])[First, Second])
        {
            var coturn = host.Start("turnserver",
            [
                "-n", "--stun-only", "--no-tls", "--no-dtls", "--no-cli", "--no-rfc5780", "--log-file=stdout", "--pidfile=/dev/null",
                $"--listening-ip={address}", $"--listening-port={port}",
            ]);
            await coturn.LineWith("Relay ports initialization done", within: TimeSpan.FromSeconds(60));

            // It prints no line that means ready. From here on an answer that is missed is missed because of the network.
            using var near = host.Udp(address.AddressFamily);
            Assert.NotNull(StunBinding.MappedAddress(near, new(address, port), attempts: 30));
        }

        return (new(address, First), new(address, Second));
    }

    private const int First = 3478;
    private const int Second = 3480;
}
