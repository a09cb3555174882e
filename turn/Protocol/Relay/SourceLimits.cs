using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// How many requests that nobody signed rightly are answered to one place: an IPv4 address, or an IPv6 network of 64 bits. The sender of a datagram may be
/// invented, and the answer is longer than what asked for it. Thread-safe; a table of fixed size without a lock.
/// <para>
/// Each slot is a leaky bucket kept as one number: the time at which it will be empty again. Places share a slot when their hashes meet, so that many of them
/// never have more than their share; the hash is keyed, so that nobody can choose whom to share with.
/// </para>
/// </summary>
internal sealed class ChallengeLimits
{
    /// <summary>How many seconds' worth may come at once.</summary>
    internal const int BurstSeconds = 20;

    internal const int KeyLength = 16;

    // Senders invented at random fill all slots evenly: a million of them a second leave 61 to a slot.
    private const int SlotBits = 14;
    private const int HostBits = 64;

    private readonly long[] _emptyAt = new long[1 << SlotBits];
    private readonly ulong _datagrams;
    private readonly ulong _streams;
    private readonly long _interval;
    private readonly long _burst;

    /// <param name="perSecond">Answers to one place in a second, on average.</param>
    /// <param name="key"><see cref="KeyLength"/> random bytes.</param>
    internal ChallengeLimits(int perSecond, ReadOnlySpan<byte> key)
    {
        // In microseconds: at more than a thousand a second a millisecond is too coarse.
        _interval = long.Max(1, 1_000_000 / perSecond);
        _burst = (long.Min(perSecond, 1_000_000) * BurstSeconds - 1) * _interval;
        // Multiply-shift hashing wants odd factors.
        _datagrams = BinaryPrimitives.ReadUInt64BigEndian(key) | 1;
        _streams = BinaryPrimitives.ReadUInt64BigEndian(key[8..]) | 1;
        Array.Fill(_emptyAt, long.MinValue);
    }

    /// <summary>Takes one answer to where a client is; false when there is none left now.</summary>
    internal bool TryTake(in ClientHandle client, Instant now)
    {
        ref var slot = ref _emptyAt[Slot(client)];
        var time = now.Milliseconds * 1000;
        while (true)
        {
            var seen = Volatile.Read(ref slot);
            var emptyAt = long.Max(seen, time);
            if (emptyAt - time > _burst) return false;
            if (Interlocked.CompareExchange(ref slot, emptyAt + _interval, seen) == seen) return true;
        }
    }

    // Streams count apart: who invents senders of datagrams takes nothing from the connections of the true one.
    private int Slot(in ClientHandle client)
    {
        var address = client.Address.Ip;
        var place = address.Family == IpFamily.IPv6 ? (ulong)(address.Bits >> HostBits) : (ulong)address.Bits;
        return (int)(unchecked(place * (client.IsStream ? _streams : _datagrams)) >> (64 - SlotBits));
    }
}
