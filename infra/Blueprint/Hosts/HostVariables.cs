namespace Causeway.Blueprint.Hosts;

/// <summary>
/// What only the host itself knows, found in its metadata at every start and put into the settings files' templates there. So that nothing in a
/// generation depends on what AWS chooses, and its hash is known before anything exists.
/// </summary>
public static class HostVariables
{
    /// <summary>The relay's private IPv4 address.</summary>
    public const string RelayPrivateIpv4 = "@RELAY_PRIVATE_IPV4@";

    /// <summary>The relay's Elastic IP.</summary>
    public const string RelayPublicIpv4 = "@RELAY_PUBLIC_IPV4@";

    /// <summary>The relay's IPv6 address.</summary>
    public const string RelayIpv6 = "@RELAY_IPV6@";

    /// <summary>Signalling's private IPv4 address.</summary>
    public const string SignallingPrivateIpv4 = "@SIGNALLING_PRIVATE_IPV4@";

    public const string SignallingIpv6 = "@SIGNALLING_IPV6@";

    /// <summary>The network's IPv6 prefix.</summary>
    public const string VpcIpv6 = "@VPC_IPV6@";

    public static IReadOnlyList<string> All { get; } = [RelayPrivateIpv4, RelayPublicIpv4, RelayIpv6, SignallingPrivateIpv4, SignallingIpv6, VpcIpv6];
}
