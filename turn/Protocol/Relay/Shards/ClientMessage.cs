using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>What a client's message is to its shard.</summary>
internal enum ClientMessageKind : byte
{
    /// <summary>Nothing: it was answered, counted or dropped.</summary>
    Settled,

    /// <summary>ChannelData, not yet read.</summary>
    ChannelData,

    /// <summary>A Send indication that is well formed.</summary>
    Send,

    /// <summary>A request, authentic and without unknown attributes.</summary>
    Request,
}

/// <summary>
/// A client's message after <see cref="RelayShard.Screen"/>: what could be found out without the shard. It belongs to the bytes that it was read from, which must
/// not change before <see cref="RelayShard.HandleClient(in ClientMessage, ref Packet, Instant)"/> has seen both.
/// </summary>
public readonly struct ClientMessage
{
    /// <summary>Whether nothing is left to do; the shard need not see it.</summary>
    public bool IsSettled => Kind == ClientMessageKind.Settled;

    internal ClientMessageKind Kind { get; init; }

    /// <summary>Of ChannelData and a Send indication: the client's allocation, which may have ended since.</summary>
    internal Allocation? Allocation { get; init; }

    /// <summary>Of a Send indication: XOR-PEER-ADDRESS.</summary>
    internal TransportAddress Peer { get; init; }

    /// <summary>Of a Send indication: where the value of DATA begins in the message.</summary>
    internal int DataStart { get; init; }

    /// <summary>Of a Send indication: the length of DATA in bytes.</summary>
    internal int DataLength { get; init; }

    /// <summary>Of a Send indication: whether DONT-FRAGMENT is there (RFC 8656 §18.9).</summary>
    internal bool DontFragment { get; init; }

    /// <summary>Of a request: who asks, and how the answer is signed.</summary>
    internal Transaction Transaction { get; init; }
}
