namespace Causeway.Signalling.Wire;

/// <summary>How clients reach the protocol (<c>docs/protocol.md</c>).</summary>
public static class SignallingProtocol
{
    /// <summary>The path of the WebSocket.</summary>
    public const string Path = "/ws";

    /// <summary>The subprotocol: the protocol's name and version in the WebSocket handshake (RFC 6455 §1.9).</summary>
    public const string Subprotocol = "causeway.v1";
}
