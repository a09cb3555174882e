using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>The kind of a screened message.</summary>
internal enum ClientMessageKind : byte
{
    /// <summary>It was answered, counted or dropped.</summary>
    Settled,

    /// <summary>ChannelData, unread.</summary>
    ChannelData,

    /// <summary>A well-formed Send indication.</summary>
    Send,

    /// <summary>An authentic request without unknown attributes.</summary>
    Request,
}

/// <summary>
/// A client's message after <see cref="RelayShard.Screen"/>. The bytes that it was read from must not change before
/// <see cref="RelayShard.HandleClient(in ClientMessage, ref Packet, Instant)"/> has received both.
/// </summary>
public readonly struct ClientMessage
{
    /// <summary>Gets whether nothing is left for the shard to do.</summary>
    public bool IsSettled => Kind == ClientMessageKind.Settled;

    internal ClientMessageKind Kind { get; init; }

    /// <summary>Of ChannelData and a Send indication: the client's allocation, which may have ended meanwhile.</summary>
    internal Allocation? Allocation { get; init; }

    /// <summary>Of a Send indication: XOR-PEER-ADDRESS.</summary>
    internal TransportAddress Peer { get; init; }

    /// <summary>Of a Send indication: the offset of the value of DATA in the message.</summary>
    internal int DataStart { get; init; }

    /// <summary>Of a Send indication: the length of DATA in bytes.</summary>
    internal int DataLength { get; init; }

    /// <summary>Of a Send indication: whether it has DONT-FRAGMENT (RFC 8656 §18.9).</summary>
    internal bool DontFragment { get; init; }

    /// <summary>Of a request: what the response needs.</summary>
    internal Transaction Transaction { get; init; }
}
