using System.Text.Json.Serialization;

namespace Causeway.Signalling.Wire;

/// <summary>A message from a client. <c>docs/protocol.md</c> documents the wire form; a test reads its examples with these types.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(SendSignal), "signal")]
[JsonDerivedType(typeof(SendAck), "ack")]
[JsonDerivedType(typeof(Leave), "leave")]
[JsonDerivedType(typeof(Ping), "ping")]
internal abstract record ClientMessage;

/// <summary>The first message: joins a room, or resumes a session.</summary>
/// <param name="Room">The room, in any spelling that <see cref="Names.RoomName"/> accepts.</param>
/// <param name="Name">The member's name; <see cref="Names.MemberName"/> computes what the others see.</param>
/// <param name="Resume">The token of an earlier welcome. If it is unknown, the client joins as a new member.</param>
/// <param name="Key">The client's secret, chosen at random; the others see its <see cref="ClientId"/>.</param>
/// <param name="Replaces">The key of a client that this one replaces, such as the page before a reload.</param>
internal sealed record Hello(string Room, string? Name = null, string? Resume = null, string? Key = null, string? Replaces = null)
    : ClientMessage;

/// <summary>A payload for another member of the room.</summary>
/// <param name="To">The receiver's id.</param>
/// <param name="Seq">Counts from 1 for each pair (sender, receiver), without gaps.</param>
/// <param name="Ack">The last sequence number processed from that member; 0 for none.</param>
/// <param name="Payload">Any JSON value; the server does not look into it.</param>
internal sealed record SendSignal(string To, long Seq, long Ack, RawJson Payload) : ClientMessage;

/// <summary>Acknowledges every signal from a member up to <paramref name="Ack"/>.</summary>
internal sealed record SendAck(string To, long Ack) : ClientMessage;

/// <summary>Leaves the room for good; the server closes with 1000.</summary>
internal sealed record Leave : ClientMessage;

/// <summary>Requests a pong, so that a page notices a dead connection: scripts do not see WebSocket pings.</summary>
internal sealed record Ping : ClientMessage;
