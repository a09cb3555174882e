namespace Causeway.Turn.Protocol.Relay;

/// <summary>The transport between a client and the relay (RFC 8656 §3.1).</summary>
public enum ClientTransport : byte
{
    /// <summary>Datagrams.</summary>
    Udp = 1,

    /// <summary>A TCP connection.</summary>
    Tcp = 2,

    /// <summary>A TLS connection over TCP.</summary>
    Tls = 3,
}

/// <summary>
/// A client as the relay sees it: the five-tuple of RFC 8656 §3.2, in a form that engines can send to. Equal handles are the same client.
/// </summary>
/// <param name="Transport">The transport between client and relay.</param>
/// <param name="Endpoint">The engine's number of the listener (datagrams) or of the connection (streams).</param>
/// <param name="Address">The client's source address and port.</param>
public readonly record struct ClientHandle(ClientTransport Transport, int Endpoint, TransportAddress Address)
{
    /// <summary>Whether messages are framed in a stream, where ChannelData is padded to four bytes (RFC 8656 §12.5).</summary>
    public bool IsStream => Transport != ClientTransport.Udp;
}
