using System.ComponentModel;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Admin;

/// <summary>A page of sessions.</summary>
internal sealed record SessionList
{
    [Description("The sessions.")]
    public required IReadOnlyList<Session> Sessions { get; init; }

    [Description("The cursor of the next page; absent on the last one.")]
    public string? Next { get; init; }
}

/// <summary>A session: a client's allocation.</summary>
internal sealed record Session
{
    [Description("The session's id; no later session has the same.")]
    public required string Id { get; init; }

    [Description("The subject of the credential that created it.")]
    public required string Subject { get; init; }

    [Description("The transport between client and relay: udp, tcp or tls.")]
    public required string Transport { get; init; }

    [Description("The client's address and port, as the relay sees them.")]
    public required string Client { get; init; }

    [Description("The relayed transport addresses, as peers see them; two with both families.")]
    public required IReadOnlyList<RelayedSessionAddress> Relayed { get; init; }

    [Description("When it was created (UTC).")]
    public required DateTimeOffset Created { get; init; }

    [Description("When it ends unless its client refreshes it (UTC).")]
    public required DateTimeOffset Expires { get; init; }

    [Description("Packets from the client to peers.")]
    public required long PacketsToPeers { get; init; }

    [Description("Bytes of payload from the client to peers.")]
    public required long BytesToPeers { get; init; }

    [Description("Packets from peers to the client.")]
    public required long PacketsToClient { get; init; }

    [Description("Bytes of payload from peers to the client.")]
    public required long BytesToClient { get; init; }

    public static Session Of(RelaySession session) => new()
    {
        Id = session.Id.ToString(),
        Subject = session.Subject,
        Transport = Lower(session.Client.Transport),
        Client = session.Client.Address.ToString(),
        Relayed = [.. session.Relayed.Select(address =>
            new RelayedSessionAddress(Lower(address.Family), session.IsTcp ? "tcp" : "udp", address.ToString()))],
        Created = DateTimeOffset.FromUnixTimeSeconds(session.Created),
        Expires = DateTimeOffset.FromUnixTimeSeconds(session.Expires),
        PacketsToPeers = session.Usage.PacketsToPeers,
        BytesToPeers = session.Usage.BytesToPeers,
        PacketsToClient = session.Usage.PacketsToClient,
        BytesToClient = session.Usage.BytesToClient,
    };

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>A relayed transport address of a session.</summary>
internal sealed record RelayedSessionAddress(
    [property: Description("The address family: ipv4 or ipv6.")] string Family,
    [property: Description("The transport between relay and peers: udp, or tcp (RFC 6062).")] string Transport,
    [property: Description("The address and port.")] string Address);

/// <summary>Whether the relay drains.</summary>
internal sealed record DrainState(
    [property: Description("Whether new allocations are refused.")] bool Draining,
    [property: Description("The live allocations, those of the relay's own probes included.")] int Allocations);

/// <summary>A subject to revoke.</summary>
internal sealed record RevocationRequest(
    [property: Description("The subject: the part of the username behind the expiry, or the name of a static user.")] string? Subject,
    [property: Description("When its requests are accepted again: the expiry of its last credential, or later (RFC 3339).")]
    DateTimeOffset? Until);

/// <summary>What a revocation did.</summary>
internal sealed record RevocationResult([property: Description("The number of sessions that ended.")] int Ended);

/// <summary>What a reload did.</summary>
internal sealed record ReloadResult(
    [property: Description("The settings and files that changed and are in use now.")] IReadOnlyList<string> Changed,
    [property: Description("The changed settings that need a restart.")] IReadOnlyList<string> NeedsRestart);
