namespace Causeway.Lab.Network;

/// <summary>The address families that a link carries.</summary>
[Flags]
public enum Families
{
    /// <summary>IPv4.</summary>
    IPv4 = 1,

    /// <summary>IPv6.</summary>
    IPv6 = 2,

    /// <summary>IPv4 and IPv6.</summary>
    Both = IPv4 | IPv6,
}
