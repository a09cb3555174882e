namespace Causeway.Turn.Protocol.Relay.Ports;

/// <summary>The relayed port that an Allocate request wants (RFC 8656 §7.2).</summary>
internal enum PortRule : byte
{
    /// <summary>Any port.</summary>
    Any,

    /// <summary>An even port: EVEN-PORT without the R bit.</summary>
    Even,

    /// <summary>An even port, and the next one reserved: EVEN-PORT with the R bit.</summary>
    Pair,
}
