using System.Text.Json.Serialization;
using Causeway.Turn.Client;

namespace Causeway.Signalling.Wire;

/// <summary>What the server may send. The wire form is documented in <c>docs/protocol.md</c>, whose examples a test reads with these types.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Welcome), "welcome")]
[JsonDerivedType(typeof(Joined), "joined")]
[JsonDerivedType(typeof(Left), "left")]
[JsonDerivedType(typeof(Signal), "signal")]
[JsonDerivedType(typeof(Ack), "ack")]
[JsonDerivedType(typeof(NewIceServers), "iceServers")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(Error), "error")]
internal abstract record ServerMessage;

/// <summary>The answer to <see cref="Hello"/>: the whole state that a client starts, or goes on, from.</summary>
internal sealed record Welcome(
    string Member,
    string Session,
    bool Resumed,
    string Room,
    string Name,
    IReadOnlyList<RoomMember> Members,
    IReadOnlyList<IceServer> IceServers,
    long IceServersExpire,
    WelcomeLimits Limits,
    double PingSeconds,
    double ResumeSeconds) : ServerMessage;

/// <summary>Another member, as one member sees it.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Name">What to call it.</param>
/// <param name="Role">The receiver's own part towards that member in perfect negotiation.</param>
/// <param name="Client"><see cref="ClientId"/> of its key: the same for the same client, whatever the member's id; null when it gave none.</param>
internal sealed record RoomMember(string Member, string Name, Role Role, string? Client = null);

/// <summary>What the client must keep to.</summary>
/// <param name="MessageBytes">Bytes of one message.</param>
/// <param name="MessagesPerSecond">Messages in a second, on average.</param>
/// <param name="Outbox">Signals to one member that may wait for its acknowledgement.</param>
internal sealed record WelcomeLimits(int MessageBytes, int MessagesPerSecond, int Outbox);

/// <summary>Somebody joined the room.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Name">What to call it; may be empty.</param>
/// <param name="Role">The receiver's own part towards that member in perfect negotiation.</param>
/// <param name="Client">As in <see cref="RoomMember"/>.</param>
internal sealed record Joined(string Member, string Name, Role Role, string? Client = null) : ServerMessage;

/// <summary>Somebody is gone for good.</summary>
internal sealed record Left(string Member, string Reason) : ServerMessage;

/// <summary>What another member sent.</summary>
internal sealed record Signal(string From, long Seq, long Ack, RawJson Payload) : ServerMessage;

/// <summary>That member processed everything up to <paramref name="Upto"/>.</summary>
internal sealed record Ack(string From, [property: JsonPropertyName("ack")] long Upto) : ServerMessage;

/// <summary>Fresh STUN and TURN servers, sent before the credentials of the earlier ones end.</summary>
internal sealed record NewIceServers(IReadOnlyList<IceServer> IceServers, long IceServersExpire) : ServerMessage;

/// <summary>The answer to <see cref="Ping"/>.</summary>
internal sealed record Pong : ServerMessage;

/// <summary>A message was not taken; a fatal one is followed by a close.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong, where, and how to mend it.</param>
/// <param name="Fatal">Whether the server closes the connection now.</param>
/// <param name="To">The member that the refused signal was for.</param>
/// <param name="Seq">The sequence number that the server expects next for that member.</param>
internal sealed record Error(string Code, string Message, bool Fatal, string? To = null, long? Seq = null) : ServerMessage;

/// <summary>A member's part in perfect negotiation: on a collision of offers the polite one yields (WebRTC 1.0 §10.7).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
internal enum Role
{
    /// <summary>Yields on a collision.</summary>
    [JsonStringEnumMemberName("polite")] Polite,

    /// <summary>Ignores the other's offer on a collision.</summary>
    [JsonStringEnumMemberName("impolite")] Impolite,
}
