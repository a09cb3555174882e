namespace Causeway.Relay.Tests.Network;

/// <summary>Hosts with addresses and links of their own, in which a relay runs and from which sockets speak.</summary>
internal static class Namespaces
{
    public static void SkipWhereThereAreNone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces take root on Linux; what is tested here was not tested");
        Assert.SkipUnless(ShellCommand.Exists("ip"), "ip is not installed: apt-get install iproute2");
    }
}
