using System.Text.Json.Serialization;

namespace Causeway.Signalling.Wire;

/// <summary>What a client may send. The wire form is documented in <c>docs/protocol.md</c>, whose examples a test reads with these types.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(SendSignal), "signal")]
[JsonDerivedType(typeof(SendAck), "ack")]
[JsonDerivedType(typeof(Leave), "leave")]
[JsonDerivedType(typeof(Ping), "ping")]
internal abstract record ClientMessage;

/// <summary>The first message: joins a room, or takes up a session that lost its connection.</summary>
/// <param name="Room">The room, in any spelling that <see cref="Names.RoomName"/> reads.</param>
/// <param name="Name">What to call the member; <see cref="Names.MemberName"/> makes of it what the others are shown.</param>
/// <param name="Resume">The token of an earlier welcome. When it is not known any more, the client joins anew.</param>
/// <param name="Key">The client's own secret, chosen at random; the others are shown <see cref="ClientId"/> of it.</param>
/// <param name="Replaces">The key of an earlier client that this one replaces, as the page before a reload.</param>
internal sealed record Hello(string Room, string? Name = null, string? Resume = null, string? Key = null, string? Replaces = null)
    : ClientMessage;

/// <summary>Something for another member of the room.</summary>
/// <param name="To">The other member.</param>
/// <param name="Seq">Counts from 1 for each pair (sender, receiver), without gaps.</param>
/// <param name="Ack">Everything from that member up to here was processed.</param>
/// <param name="Payload">Of no concern to the server.</param>
internal sealed record SendSignal(string To, long Seq, long Ack, RawJson Payload) : ClientMessage;

/// <summary>Everything from that member up to <paramref name="Ack"/> was processed.</summary>
internal sealed record SendAck(string To, long Ack) : ClientMessage;

/// <summary>Leaves the room for good; the server closes with 1000.</summary>
internal sealed record Leave : ClientMessage;

/// <summary>Asks for a pong, so that a page can see whether its connection lives: scripts do not see WebSocket pings.</summary>
internal sealed record Ping : ClientMessage;
