namespace Causeway.Turn.Protocol;

/// <summary>The address families of STUN, with the values that travel in its address attributes (RFC 8489 §14.1).</summary>
public enum IpFamily : byte
{
    /// <summary>IPv4, 32 bits.</summary>
    IPv4 = 1,

    /// <summary>IPv6, 128 bits.</summary>
    IPv6 = 2,
}

/// <summary>What differs between the address families.</summary>
public static class IpFamilies
{
    /// <summary>Whether it is IPv4 or IPv6: a value from the network may be neither.</summary>
    public static bool IsKnown(this IpFamily family) => family is IpFamily.IPv4 or IpFamily.IPv6;

    /// <summary>The length of an address in bytes: 4 or 16.</summary>
    public static int AddressLength(this IpFamily family) => family == IpFamily.IPv4 ? 4 : 16;
}

/// <summary>At most one value for each address family.</summary>
/// <remarks>Mutable: keep it in a field.</remarks>
internal struct PerFamily<T> where T : class
{
    private T? _ipv4;
    private T? _ipv6;

    internal T? this[IpFamily family]
    {
        readonly get => family == IpFamily.IPv4 ? _ipv4 : _ipv6;
        set
        {
            if (family == IpFamily.IPv4) _ipv4 = value;
            else _ipv6 = value;
        }
    }

    internal readonly bool IsEmpty => _ipv4 is null && _ipv6 is null;

    /// <summary>The values that there are now, IPv4 first.</summary>
    internal readonly T[] Values => (_ipv4, _ipv6) switch
    {
        (null, null) => [],
        (null, { } ipv6) => [ipv6],
        ({ } ipv4, null) => [ipv4],
        ({ } ipv4, { } ipv6) => [ipv4, ipv6],
    };
}
