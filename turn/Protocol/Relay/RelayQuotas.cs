using System.Runtime.CompilerServices;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// Bounds on what clients may take from a relay. Each must be above zero: another value throws <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
/// <remarks>
/// What counts as an allocation is a relayed transport address, a reserved one too: a dual allocation counts twice. An IPv6 network of 64
/// bits counts as an address; one of 56 bits has twice as much, one of 48 bits four times as much (<see cref="ClientNetwork"/>).
/// </remarks>
public sealed record RelayQuotas
{
    /// <summary>Gets the allocations of the whole relay; beyond it Allocate is answered 508. Defaults to 10,000.</summary>
    public int Allocations { get; init => field = AboveZero(value); } = 10_000;

    /// <summary>Gets the allocations of one subject; beyond it Allocate is answered 486. Defaults to 20.</summary>
    public int AllocationsPerSubject { get; init => field = AboveZero(value); } = 20;

    /// <summary>Gets the allocations of all subjects at one address; beyond it Allocate is answered 486. Defaults to 2,000.</summary>
    public int AllocationsPerAddress { get; init => field = AboveZero(value); } = 2_000;

    /// <summary>
    /// Gets the permissions of one allocation; beyond it CreatePermission and ChannelBind are answered 508. Defaults to 64.
    /// </summary>
    public int PermissionsPerAllocation { get; init => field = AboveZero(value); } = 64;

    /// <summary>Gets the channels of one allocation; beyond it ChannelBind is answered 508. Defaults to 64.</summary>
    public int ChannelsPerAllocation { get; init => field = AboveZero(value); } = 64;

    /// <summary>
    /// Gets the TCP connections to peers of the whole relay (RFC 6062), those being opened and those without a client's data connection
    /// included; beyond it Connect is answered 508, and a peer's connection is closed. Defaults to 2,000.
    /// </summary>
    public int PeerConnections { get; init => field = AboveZero(value); } = 2_000;

    /// <summary>Gets those of one subject; beyond it Connect is answered 486. Defaults to 200.</summary>
    public int PeerConnectionsPerSubject { get; init => field = AboveZero(value); } = 200;

    /// <summary>Gets those of one allocation; beyond it Connect is answered 508. Defaults to 32.</summary>
    public int PeerConnectionsPerAllocation { get; init => field = AboveZero(value); } = 32;

    /// <summary>
    /// Gets the rate per second of challenges, of Binding responses and of key derivations for clients without an allocation at one
    /// address, each for datagrams and for streams. Bursts of twenty times as many pass; beyond it requests are dropped. Defaults to 500.
    /// </summary>
    public int ChallengesPerAddress { get; init => field = AboveZero(value); } = 500;

    private static int AboveZero(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
