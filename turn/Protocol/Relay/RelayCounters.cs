using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>Packets and bytes of one direction.</summary>
public sealed class TrafficCounter
{
    private long _packets;
    private long _bytes;
    private long _sharedPackets;
    private long _sharedBytes;

    /// <summary>Packets so far.</summary>
    public long Packets => Volatile.Read(ref _packets) + Volatile.Read(ref _sharedPackets);

    /// <summary>Bytes so far, as the direction counts them.</summary>
    public long Bytes => Volatile.Read(ref _bytes) + Volatile.Read(ref _sharedBytes);

    /// <summary>Counts one packet of the shard's: one writer at a time.</summary>
    internal void Add(int bytes)
    {
        _packets++;
        _bytes += bytes;
    }

    /// <summary>Counts one packet that no lock protects.</summary>
    internal void AddShared(int bytes)
    {
        Interlocked.Increment(ref _sharedPackets);
        Interlocked.Add(ref _sharedBytes, bytes);
    }
}

/// <summary>
/// What one shard has seen since it began; anybody may read it at any time and sees each number a moment old. Traffic of the data path is counted by the
/// shard alone in plain numbers, everything else also by those who screen messages for it, and interlocked.
/// </summary>
public sealed class RelayCounters
{
    private const int FirstErrorCode = 300;
    private long _allocationsCreated;
    private long _keepalives;
    private long _keyDerivations;
    private readonly long[] _requests = new long[(int)Enum.GetValues<StunMethod>().Max() + 1];
    private readonly long[] _successes = new long[(int)Enum.GetValues<StunMethod>().Max() + 1];
    private readonly long[] _errors = new long[300];
    private readonly long[] _challenges = new long[Enum.GetValues<ChallengeReason>().Length];
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];

    /// <summary>From clients, whole messages.</summary>
    public TrafficCounter FromClients { get; } = new();

    /// <summary>To clients, whole messages.</summary>
    public TrafficCounter ToClients { get; } = new();

    /// <summary>From peers beyond the relay, payload; dropped ones too.</summary>
    public TrafficCounter FromPeers { get; } = new();

    /// <summary>To peers beyond the relay, payload.</summary>
    public TrafficCounter ToPeers { get; } = new();

    /// <summary>From an allocation of this shard to an allocation of this relay, payload: delivered in the process and never sent to the network.</summary>
    public TrafficCounter InProcess { get; } = new();

    /// <summary>Allocations created.</summary>
    public long AllocationsCreated => Volatile.Read(ref _allocationsCreated);

    /// <summary>Requests of a method that is served.</summary>
    public long Requests(StunMethod method) => At(_requests, (int)method);

    /// <summary>Success responses to a method.</summary>
    public long Successes(StunMethod method) => At(_successes, (int)method);

    /// <summary>Error responses of a code.</summary>
    public long Errors(StunErrorCode code) => At(_errors, (int)code - FirstErrorCode);

    /// <summary>Error responses 401 and 438 for a reason.</summary>
    public long Challenges(ChallengeReason reason) => At(_challenges, (int)reason);

    /// <summary>Packets dropped for a reason.</summary>
    public long Drops(DropReason reason) => At(_drops, (int)reason);

    /// <summary>Binding indications, by which clients keep a NAT's binding alive (RFC 8489 §2.3).</summary>
    public long Keepalives => Volatile.Read(ref _keepalives);

    /// <summary>Keys derived from a secret to check a signature; each costs two hashes, and the check a third.</summary>
    public long KeyDerivations => Volatile.Read(ref _keyDerivations);

    internal void CountAllocation() => _allocationsCreated++;

    internal void CountKeepalive() => Interlocked.Increment(ref _keepalives);

    internal void CountKeyDerivation() => Interlocked.Increment(ref _keyDerivations);

    internal void CountRequest(StunMethod method) => Interlocked.Increment(ref _requests[(int)method]);

    internal void CountSuccess(StunMethod method) => Interlocked.Increment(ref _successes[(int)method]);

    internal void CountError(StunErrorCode code) => Interlocked.Increment(ref _errors[(int)code - FirstErrorCode]);

    internal void CountChallenge(ChallengeReason reason) => Interlocked.Increment(ref _challenges[(int)reason]);

    internal void CountDrop(DropReason reason) => Interlocked.Increment(ref _drops[(int)reason]);

    private static long At(long[] counters, int index) => (uint)index < (uint)counters.Length ? Volatile.Read(ref counters[index]) : 0;
}
