using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>The packets and bytes of one direction.</summary>
public sealed class TrafficCounter
{
    private long _packets;
    private long _bytes;
    private long _sharedPackets;
    private long _sharedBytes;

    /// <summary>Gets the number of packets.</summary>
    public long Packets => Volatile.Read(ref _packets) + Volatile.Read(ref _sharedPackets);

    /// <summary>Gets the number of bytes, as the direction counts them.</summary>
    public long Bytes => Volatile.Read(ref _bytes) + Volatile.Read(ref _sharedBytes);

    /// <summary>Counts a packet; for one writer at a time.</summary>
    internal void Add(int bytes)
    {
        _packets++;
        _bytes += bytes;
    }

    /// <summary>Counts a packet; thread-safe.</summary>
    internal void AddShared(int bytes)
    {
        Interlocked.Increment(ref _sharedPackets);
        Interlocked.Add(ref _sharedBytes, bytes);
    }
}

/// <summary>
/// What one shard has counted since its start. Any thread may read it, and sees each number a moment old. The data path counts in plain
/// numbers, because only the shard writes them; everything else is interlocked, because screens count it too.
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
    private readonly long[] _peerErrors = new long[Enum.GetValues<PeerErrorOutcome>().Length];

    /// <summary>Gets the messages from clients, headers included.</summary>
    public TrafficCounter FromClients { get; } = new();

    /// <summary>Gets the messages to clients, headers included.</summary>
    public TrafficCounter ToClients { get; } = new();

    /// <summary>Gets the payload from the network, dropped packets included.</summary>
    public TrafficCounter FromPeers { get; } = new();

    /// <summary>Gets the payload to the network.</summary>
    public TrafficCounter ToPeers { get; } = new();

    /// <summary>
    /// Gets the payload from allocations of this shard to allocations of this relay, which is delivered inside the process.
    /// </summary>
    public TrafficCounter InProcess { get; } = new();

    /// <summary>Gets the number of allocations created.</summary>
    public long AllocationsCreated => Volatile.Read(ref _allocationsCreated);

    /// <summary>Gets the number of requests of a supported method.</summary>
    public long Requests(StunMethod method) => At(_requests, (int)method);

    /// <summary>Gets the number of success responses to a method.</summary>
    public long Successes(StunMethod method) => At(_successes, (int)method);

    /// <summary>Gets the number of error responses with a code.</summary>
    public long Errors(StunErrorCode code) => At(_errors, (int)code - FirstErrorCode);

    /// <summary>Gets the number of challenges (401, 438) for a reason.</summary>
    public long Challenges(ChallengeReason reason) => At(_challenges, (int)reason);

    /// <summary>Gets the number of packets dropped for a reason.</summary>
    public long Drops(DropReason reason) => At(_drops, (int)reason);

    /// <summary>Gets the number of ICMP errors for datagrams to peers, by what became of them.</summary>
    public long PeerErrors(PeerErrorOutcome outcome) => At(_peerErrors, (int)outcome);

    /// <summary>Gets the number of Binding indications, which keep a NAT's binding alive (RFC 8489 §2.3).</summary>
    public long Keepalives => Volatile.Read(ref _keepalives);

    /// <summary>Gets the number of keys derived to check a signature; each costs two hashes, and the check a third.</summary>
    public long KeyDerivations => Volatile.Read(ref _keyDerivations);

    internal void CountAllocation() => _allocationsCreated++;

    internal void CountKeepalive() => Interlocked.Increment(ref _keepalives);

    internal void CountKeyDerivation() => Interlocked.Increment(ref _keyDerivations);

    internal void CountRequest(StunMethod method) => Interlocked.Increment(ref _requests[(int)method]);

    internal void CountSuccess(StunMethod method) => Interlocked.Increment(ref _successes[(int)method]);

    internal void CountError(StunErrorCode code) => Interlocked.Increment(ref _errors[(int)code - FirstErrorCode]);

    internal void CountChallenge(ChallengeReason reason) => Interlocked.Increment(ref _challenges[(int)reason]);

    internal void CountDrop(DropReason reason) => Interlocked.Increment(ref _drops[(int)reason]);

    internal void CountPeerError(PeerErrorOutcome outcome) => Interlocked.Increment(ref _peerErrors[(int)outcome]);

    private static long At(long[] counters, int index) => (uint)index < (uint)counters.Length ? Volatile.Read(ref counters[index]) : 0;
}
