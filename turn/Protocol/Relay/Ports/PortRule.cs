namespace Causeway.Turn.Protocol.Relay.Ports;

/// <summary>What an Allocate request says about the relayed port (RFC 8656 §7.2).</summary>
internal enum PortRule : byte
{
    /// <summary>Nothing.</summary>
    Any,

    /// <summary>EVEN-PORT without the R bit.</summary>
    Even,

    /// <summary>EVEN-PORT with the R bit: even, and the next one is reserved.</summary>
    Pair,
}
