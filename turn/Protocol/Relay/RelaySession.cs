namespace Causeway.Turn.Protocol.Relay;

/// <summary>A client's allocation at one moment, as an operator sees it.</summary>
public sealed record RelaySession
{
    /// <summary>Gets its id; no later allocation has the same.</summary>
    public required AllocationId Id { get; init; }

    /// <summary>Gets the subject of the credential that created it.</summary>
    public required string Subject { get; init; }

    /// <summary>Gets the client.</summary>
    public required ClientHandle Client { get; init; }

    /// <summary>Gets the relayed transport addresses as peers see them, IPv4 first.</summary>
    public required IReadOnlyList<TransportAddress> Relayed { get; init; }

    /// <summary>Gets whether the relayed addresses are of TCP (RFC 6062); else they are of UDP.</summary>
    public required bool IsTcp { get; init; }

    /// <summary>Gets when it was created, in seconds since 1970 (UTC).</summary>
    public required long Created { get; init; }

    /// <summary>Gets when it ends unless its client refreshes it, in seconds since 1970 (UTC).</summary>
    public required long Expires { get; init; }

    /// <summary>Gets the payload that it relayed.</summary>
    public required AllocationUsage Usage { get; init; }
}

/// <summary>Some of a shard's sessions, in the order of their slots.</summary>
/// <param name="Sessions">The sessions; may be empty, though there are more.</param>
/// <param name="Next">Where the next page begins; null after the last one.</param>
public readonly record struct RelaySessionPage(IReadOnlyList<RelaySession> Sessions, int? Next);
