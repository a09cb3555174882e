namespace Causeway.Turn.Options;

/// <summary>Another relay, which clients are sent to while this one drains or is full.</summary>
public sealed class RelayAlternateOptions
{
    /// <summary>
    /// Gets the transport over which it serves: <c>udp</c>, <c>tcp</c> or <c>tls</c>. Clients of the same transport are sent there.
    /// Defaults to <c>udp</c>.
    /// </summary>
    public string Transport { get; init; } = "udp";

    /// <summary>Gets its IP address. Clients of the same address family are sent there. Required.</summary>
    public string Address { get; init; } = "";

    /// <summary>Gets its port. Defaults to 3478.</summary>
    public int Port { get; init; } = 3478;

    /// <summary>
    /// Gets the name in its certificate, for <c>tls</c>, if that isn't the name by which clients reach this relay. Defaults to that name.
    /// </summary>
    public string? Domain { get; init; }
}
