namespace Causeway.Turn.Protocol.Relay;

/// <summary>Another relay, which clients are sent to when this one has no room for them (RFC 8489 §10).</summary>
/// <param name="Transport">The transport over which it serves; a client keeps its own.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="Domain">The name in its certificate, for TLS, if that is another one than this relay's; at most 255 characters.</param>
public sealed record AlternateServer(ClientTransport Transport, TransportAddress Address, string? Domain = null)
{
    /// <summary>The maximum number of alternate servers of a relay.</summary>
    public const int Max = 64;
}
