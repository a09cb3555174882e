namespace Causeway.Turn.Options;

/// <summary>Limits on what clients may use. Allocations are counted by relayed addresses: one of both families counts twice.</summary>
public sealed class RelayQuotaOptions
{
    // Signalling's default for a room; where both services' settings are made together, the quota follows from the room's limit.
    private const int RoomMembers = 8;

    // For each peer connection a browser allocates on each of two networks, over each of three transports. When its credentials are
    // renewed, it makes the new allocations before it ends the old ones.
    private const int AllocationsPerPeer = 6;
    private const int WhileRenewing = 2;

    /// <summary>
    /// Gets the allocations of the whole relay; beyond it Allocate gets 508. The range of ports or the memory may allow fewer. Defaults to
    /// 10,000.
    /// </summary>
    public int Allocations { get; init; } = 10_000;

    /// <summary>
    /// Gets the allocations of one subject (the part of the username after the expiry); beyond it Allocate gets 486. Defaults to 84, enough
    /// for a full room of eight.
    /// </summary>
    public int AllocationsPerSubject { get; init; } = ForRoom(RoomMembers);

    /// <summary>
    /// Gets the allocations of all clients at one IPv4 address or in one IPv6 /64, whatever their subjects; a /56 has twice as many, a /48
    /// four times. Beyond it Allocate gets 486. An office behind one NAT shares it. Defaults to 2,000: 166 people in calls of two, all of
    /// them relayed.
    /// </summary>
    public int AllocationsPerAddress { get; init; } = 2_000;

    /// <summary>Gets the permissions of one allocation; beyond it CreatePermission and ChannelBind get 508. Defaults to 64.</summary>
    public int PermissionsPerAllocation { get; init; } = 64;

    /// <summary>Gets the channels of one allocation; beyond it ChannelBind gets 508. Defaults to 64.</summary>
    public int ChannelsPerAllocation { get; init; } = 64;

    /// <summary>
    /// Gets the TCP connections to peers of the whole relay (RFC 6062), those that are being opened or wait for their client included;
    /// beyond it Connect gets 508, and peers that connect are refused. Defaults to 2,000.
    /// </summary>
    public int PeerConnections { get; init; } = 2_000;

    /// <summary>Gets the TCP connections to peers of one subject; beyond it Connect gets 486. Defaults to 200.</summary>
    public int PeerConnectionsPerSubject { get; init; } = 200;

    /// <summary>Gets the TCP connections to peers of one allocation; beyond it Connect gets 508. Defaults to 32.</summary>
    public int PeerConnectionsPerAllocation { get; init; } = 32;

    /// <summary>
    /// Gets the rate of challenges, of Binding responses and of password checks, each per second, for one IPv4 address or one IPv6 /64
    /// without an allocation; a /56 has twice as much, a /48 four times. Every client begins with one challenge for each allocation, and
    /// many clients may share an address. UDP counts apart from TCP and TLS. Bursts of twenty times the rate pass; beyond that requests are
    /// dropped and counted, while clients with an allocation go on. Defaults to 500.
    /// </summary>
    public int ChallengesPerAddress { get; init; } = 500;

    /// <summary>The allocations that one member of a full room needs: a peer connection to each other member, each renewed once.</summary>
    /// <param name="members">Members of the room.</param>
    public static int ForRoom(int members) => (int)long.Clamp((members - 1L) * AllocationsPerPeer * WhileRenewing, 1, int.MaxValue);
}
