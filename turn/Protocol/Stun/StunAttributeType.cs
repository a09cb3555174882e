namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// Attribute types (RFC 8489 §18.3, RFC 8656 §18). Below 0x8000 a receiver that does not know the attribute must refuse the
/// message; from 0x8000 it may ignore it.
/// </summary>
public enum StunAttributeType : ushort
{
    /// <summary>The client's reflexive address, not obscured (RFC 8489 §14.1); read only.</summary>
    MappedAddress = 0x0001,

    /// <summary>The user whose credential signs the message (RFC 8489 §14.3).</summary>
    Username = 0x0006,

    /// <summary>HMAC-SHA1 over the message before it (RFC 8489 §14.5).</summary>
    MessageIntegrity = 0x0008,

    /// <summary>Why a request failed (RFC 8489 §14.8).</summary>
    ErrorCode = 0x0009,

    /// <summary>The comprehension-required attributes that the server did not know (RFC 8489 §14.13).</summary>
    UnknownAttributes = 0x000A,

    /// <summary>A channel's number (RFC 8656 §18.1).</summary>
    ChannelNumber = 0x000C,

    /// <summary>An allocation's remaining lifetime in seconds (RFC 8656 §18.2).</summary>
    Lifetime = 0x000D,

    /// <summary>A peer's address (RFC 8656 §18.3).</summary>
    XorPeerAddress = 0x0012,

    /// <summary>Application data (RFC 8656 §18.4).</summary>
    Data = 0x0013,

    /// <summary>The realm of the long-term credential (RFC 8489 §14.9).</summary>
    Realm = 0x0014,

    /// <summary>The server's nonce (RFC 8489 §14.10).</summary>
    Nonce = 0x0015,

    /// <summary>The relayed transport address (RFC 8656 §18.5).</summary>
    XorRelayedAddress = 0x0016,

    /// <summary>The requested family of the relayed address (RFC 8656 §18.6).</summary>
    RequestedAddressFamily = 0x0017,

    /// <summary>Requests an even relayed port, and optionally to reserve the next one (RFC 8656 §18.7).</summary>
    EvenPort = 0x0018,

    /// <summary>The transport between relay and peer (RFC 8656 §18.8).</summary>
    RequestedTransport = 0x0019,

    /// <summary>Requests the DF bit (RFC 8656 §18.9).</summary>
    DontFragment = 0x001A,

    /// <summary>HMAC-SHA256 over the message before it (RFC 8489 §14.6).</summary>
    MessageIntegritySha256 = 0x001C,

    /// <summary>The password algorithm that a client chose (RFC 8489 §14.12).</summary>
    PasswordAlgorithm = 0x001D,

    /// <summary>A hash of the username and the realm, instead of the username (RFC 8489 §14.4).</summary>
    Userhash = 0x001E,

    /// <summary>The client's reflexive address, obscured (RFC 8489 §14.2).</summary>
    XorMappedAddress = 0x0020,

    /// <summary>A port reserved by an earlier EVEN-PORT (RFC 8656 §18.10).</summary>
    ReservationToken = 0x0022,

    /// <summary>PRIORITY of ICE's checks between peers (RFC 8445 §16.1); a relay does not understand it.</summary>
    Priority = 0x0024,

    /// <summary>A peer's TCP connection, 32 bits (RFC 6062 §6.2).</summary>
    ConnectionId = 0x002A,

    /// <summary>Requests a second relayed address, of the other family (RFC 8656 §18.11).</summary>
    AdditionalAddressFamily = 0x8000,

    /// <summary>Why one family of a dual allocation failed (RFC 8656 §18.12).</summary>
    AddressErrorCode = 0x8001,

    /// <summary>The password algorithms that the server supports (RFC 8489 §14.11).</summary>
    PasswordAlgorithms = 0x8002,

    /// <summary>The name in the certificate of the server of ALTERNATE-SERVER (RFC 8489 §14.16).</summary>
    AlternateDomain = 0x8003,

    /// <summary>An ICMP error in answer to a packet to a peer (RFC 8656 §18.13).</summary>
    Icmp = 0x8004,

    /// <summary>The sender's software and version (RFC 8489 §14.14).</summary>
    Software = 0x8022,

    /// <summary>The address of another server, not obscured, that the client should use (RFC 8489 §14.15).</summary>
    AlternateServer = 0x8023,

    /// <summary>A CRC-32 that tells STUN from other protocols on one port (RFC 8489 §14.7).</summary>
    Fingerprint = 0x8028,

    /// <summary>
    /// RELAY-USE, specific to Causeway: empty in a signed Binding request of <see cref="Credentials.OperatorSubject"/>; in the response the
    /// relayed addresses in use and the bytes relayed. Other servers answer the Binding without it. The number is in the range that
    /// designated experts assign (RFC 8489 §18.3); IANA hasn't assigned it.
    /// </summary>
    RelayUse = 0xC0C5,
}
