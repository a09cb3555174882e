using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>
/// Limits the rate of one kind of message by source (<see cref="ClientNetwork"/>): an IPv4 address, or an IPv6 /64, /56 and /48.
/// Thread-safe; lock-free tables of fixed size.
/// <para>
/// Each slot is a <see cref="LeakyBucket"/>. Sources whose hashes collide share a slot, so many of them never
/// get more than their share; the hash is keyed, so that a source can't choose whom to collide with.
/// </para>
/// </summary>
internal sealed class SourceLimits
{
    /// <summary>The size of a burst, in seconds of the rate.</summary>
    internal const int BurstSeconds = 20;

    internal const int KeyLength = 16;

    // Random spoofed senders fill all slots evenly: a million in a second leave 61 to a slot.
    private const int SlotBits = 14;

    // One for each prefix length; an IPv4 address counts with the narrowest.
    private readonly Level[] _levels;
    private readonly ProbeClients _probes;
    private readonly ulong _datagrams;
    private readonly ulong _streams;

    /// <param name="perSecond">The messages of one source in a second, on average.</param>
    /// <param name="key"><see cref="KeyLength"/> random bytes.</param>
    /// <param name="probes">The relay's own probes, which aren't limited: strangers in the same network must not make them fail.</param>
    internal SourceLimits(int perSecond, ReadOnlySpan<byte> key, ProbeClients? probes = null)
    {
        _probes = probes ?? new();
        var levels = new List<Level>();
        foreach (var network in ClientNetwork.Of(new(IpFamily.IPv6, 0))) levels.Add(new(network.Share(perSecond)));
        _levels = [.. levels];
        // Multiply-shift hashing needs odd factors.
        _datagrams = BinaryPrimitives.ReadUInt64BigEndian(key) | 1;
        _streams = BinaryPrimitives.ReadUInt64BigEndian(key[8..]) | 1;
    }

    /// <summary>The memory in bytes; constant.</summary>
    internal long Size => _levels.Sum(level => level.Size);

    /// <summary>Counts a message of a client's source; false when it exceeds the rate.</summary>
    internal bool TryTake(in ClientHandle client, Instant now)
    {
        // Streams count separately: spoofed datagrams don't use up the rate of the true sender's connections.
        var factor = client.IsStream ? _streams : _datagrams;
        var time = now.Milliseconds * 1000;
        var level = 0;

        if (_probes.Contains(client.Transport, client.Address)) return true;

        // The narrowest first: a network above its own rate doesn't use up that of its neighbours.
        foreach (var network in ClientNetwork.Of(client.Address.Ip))
        {
            var bits = network.Prefix.Family == IpFamily.IPv4 ? (ulong)network.Prefix.Bits : (ulong)(network.Prefix.Bits >> 64);
            if (!_levels[level++].TryTake(bits, factor, time)) return false;
        }

        return true;
    }

    /// <summary>The buckets of one prefix length.</summary>
    private sealed class Level
    {
        private readonly long[] _emptyAt = new long[1 << SlotBits];
        private readonly long _interval;
        private readonly long _burst;

        internal Level(long perSecond)
        {
            // In microseconds: at more than a thousand a second a millisecond is too coarse.
            _interval = long.Max(1, 1_000_000 / perSecond);
            _burst = (long.Min(perSecond, 1_000_000) * BurstSeconds - 1) * _interval;
            Array.Fill(_emptyAt, long.MinValue);
        }

        internal long Size => _emptyAt.Length * sizeof(long);

        internal bool TryTake(ulong network, ulong factor, long time)
        {
            ref var slot = ref _emptyAt[(int)(unchecked(network * factor) >> (64 - SlotBits))];
            return LeakyBucket.TryTake(ref slot, time, _interval, _burst);
        }
    }
}
