namespace Causeway.Turn.Protocol.Stun;

/// <summary>The methods of STUN and TURN: the twelve M bits of the message type (RFC 8489 §18.2, RFC 8656 §17, RFC 6062 §6.1).</summary>
public enum StunMethod : ushort
{
    /// <summary>Returns the client's reflexive transport address (RFC 8489 §2).</summary>
    Binding = 0x001,

    /// <summary>Creates an allocation (RFC 8656 §7).</summary>
    Allocate = 0x003,

    /// <summary>Refreshes or deletes an allocation (RFC 8656 §8).</summary>
    Refresh = 0x004,

    /// <summary>Data from the client to a peer; an indication (RFC 8656 §11).</summary>
    Send = 0x006,

    /// <summary>Data from a peer to the client; an indication (RFC 8656 §11).</summary>
    Data = 0x007,

    /// <summary>Installs or refreshes permissions (RFC 8656 §10).</summary>
    CreatePermission = 0x008,

    /// <summary>Binds a channel number to a peer (RFC 8656 §12).</summary>
    ChannelBind = 0x009,

    /// <summary>Opens a TCP connection to a peer (RFC 6062 §5.2).</summary>
    Connect = 0x00A,

    /// <summary>Makes a client's connection the data connection of a peer's (RFC 6062 §5.4).</summary>
    ConnectionBind = 0x00B,

    /// <summary>Tells the client that a peer has connected; an indication (RFC 6062 §5.3).</summary>
    ConnectionAttempt = 0x00C,
}
