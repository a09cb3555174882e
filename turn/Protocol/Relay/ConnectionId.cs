namespace Causeway.Turn.Protocol.Relay;

/// <summary>Identifies a TCP connection between an allocation and a peer for as long as it lives, and nothing afterwards.</summary>
/// <param name="Allocation">The allocation; its shard is the connection's too.</param>
/// <param name="Number">The value of CONNECTION-ID (RFC 6062 §6.2): random, and unique in the relay.</param>
public readonly record struct ConnectionId(AllocationId Allocation, uint Number);
