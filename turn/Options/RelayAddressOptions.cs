namespace Causeway.Turn.Options;

/// <summary>An address of this host on which relayed transport addresses are opened.</summary>
public sealed class RelayAddressOptions
{
    /// <summary>Gets the local address. Required.</summary>
    public string Address { get; init; } = "";

    /// <summary>
    /// Gets the address by which peers reach it, where a 1:1 NAT is in front of this host, as with an Elastic IP. IPv4 only. Defaults to
    /// <see cref="Address"/>.
    /// </summary>
    public string? Public { get; init; }
}
