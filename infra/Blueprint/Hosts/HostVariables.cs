namespace Causeway.Blueprint.Hosts;

/// <summary>
/// Variables in the templates of the settings files. The host replaces them by values from its metadata at every start, so that a
/// generation's hash doesn't depend on what AWS assigns.
/// </summary>
public static class HostVariables
{
    public const string RelayPrivateIpv4 = "@RELAY_PRIVATE_IPV4@";
    public const string RelayPublicIpv4 = "@RELAY_PUBLIC_IPV4@";   // the Elastic IP
    public const string RelayIpv6 = "@RELAY_IPV6@";
    public const string SignallingPrivateIpv4 = "@SIGNALLING_PRIVATE_IPV4@";
    public const string SignallingIpv6 = "@SIGNALLING_IPV6@";
    public const string VpcIpv6 = "@VPC_IPV6@";                    // the network's prefix
}
