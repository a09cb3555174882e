using System.Text.Json.Serialization;
using Causeway.Turn.Client;

namespace Causeway.Signalling.Wire;

/// <summary>
/// A message from the server. <c>docs/protocol.md</c> documents the wire form; a test reads its examples with these types.
/// </summary>
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

/// <summary>The answer to <see cref="Hello"/>: the complete state of the room.</summary>
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
/// <param name="Name">The member's name.</param>
/// <param name="Role">The receiver's role towards that member in perfect negotiation.</param>
/// <param name="Client">The <see cref="ClientId"/> of its key, the same across member ids; null without a key.</param>
internal sealed record RoomMember(string Member, string Name, Role Role, string? Client = null);

/// <summary>The client's limits.</summary>
/// <param name="MessageBytes">Bytes of one message.</param>
/// <param name="MessagesPerSecond">Messages per second, on average.</param>
/// <param name="Outbox">The most signals to one member that wait for its acknowledgement.</param>
internal sealed record WelcomeLimits(int MessageBytes, int MessagesPerSecond, int Outbox);

/// <summary>A member joined the room.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Name">The member's name.</param>
/// <param name="Role">The receiver's role towards that member in perfect negotiation.</param>
/// <param name="Client">As in <see cref="RoomMember"/>.</param>
internal sealed record Joined(string Member, string Name, Role Role, string? Client = null) : ServerMessage;

/// <summary>A member left for good.</summary>
internal sealed record Left(string Member, string Reason) : ServerMessage;

/// <summary>A signal from another member.</summary>
internal sealed record Signal(string From, long Seq, long Ack, RawJson Payload) : ServerMessage;

/// <summary>A member processed every signal up to <paramref name="Upto"/>.</summary>
internal sealed record Ack(string From, [property: JsonPropertyName("ack")] long Upto) : ServerMessage;

/// <summary>New STUN and TURN servers, sent before the previous credentials expire.</summary>
internal sealed record NewIceServers(IReadOnlyList<IceServer> IceServers, long IceServersExpire) : ServerMessage;

/// <summary>The answer to <see cref="Ping"/>.</summary>
internal sealed record Pong : ServerMessage;

/// <summary>A message was refused; after a fatal error the server closes.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong, where, and how to fix it.</param>
/// <param name="Fatal">Whether the server closes the connection.</param>
/// <param name="To">The receiver of the refused signal.</param>
/// <param name="Seq">The next sequence number that the server accepts for that member.</param>
internal sealed record Error(string Code, string Message, bool Fatal, string? To = null, long? Seq = null) : ServerMessage;

/// <summary>A member's role in perfect negotiation (WebRTC 1.0 §10.7).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
internal enum Role
{
    /// <summary>Yields on a collision.</summary>
    [JsonStringEnumMemberName("polite")] Polite,

    /// <summary>Ignores the other's offer on a collision.</summary>
    [JsonStringEnumMemberName("impolite")] Impolite,
}
