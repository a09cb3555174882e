namespace Causeway.Relay.Tests.Network;

/// <summary>Hosts with their own addresses and links, for relays and sockets.</summary>
internal static class Namespaces
{
    public static void SkipWhereThereAreNone()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "network namespaces take root on Linux");
        Assert.SkipUnless(ShellCommand.Exists("ip"), "ip is not installed: apt-get install iproute2");
    }
}
