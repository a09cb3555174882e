using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>
/// How many messages of one kind that nobody signed are served to one source (<see cref="ClientNetwork"/>): an IPv4 address, or an IPv6 network of 64, 56 and 48
/// bits. Thread-safe; tables of fixed size without a lock.
/// <para>
/// Each slot is a leaky bucket kept as one number: the time at which it will be empty again. Sources share a slot when their hashes meet, so that many of them
/// never have more than their share; the hash is keyed, so that nobody can choose whom to share with.
/// </para>
/// </summary>
internal sealed class SourceLimits
{
    /// <summary>How many seconds' worth may come at once.</summary>
    internal const int BurstSeconds = 20;

    internal const int KeyLength = 16;

    // Senders invented at random fill all slots evenly: a million of them a second leave 61 to a slot.
    private const int SlotBits = 14;

    // One for each length of network; an IPv4 address counts with the narrowest.
    private readonly Level[] _levels;
    private readonly ProbeClients _reserved;
    private readonly ulong _datagrams;
    private readonly ulong _streams;

    /// <param name="perSecond">Messages of one source in a second, on average.</param>
    /// <param name="key"><see cref="KeyLength"/> random bytes.</param>
    /// <param name="reserved">Clients that are not bounded: the relay's own probes, which strangers of the same network must not make fail.</param>
    internal SourceLimits(int perSecond, ReadOnlySpan<byte> key, ProbeClients? reserved = null)
    {
        _reserved = reserved ?? new();
        var levels = new List<Level>();
        foreach (var network in ClientNetwork.Of(new(IpFamily.IPv6, 0))) levels.Add(new(network.Share(perSecond)));
        _levels = [.. levels];
        // Multiply-shift hashing wants odd factors.
        _datagrams = BinaryPrimitives.ReadUInt64BigEndian(key) | 1;
        _streams = BinaryPrimitives.ReadUInt64BigEndian(key[8..]) | 1;
    }

    /// <summary>The memory that it takes in bytes, whatever comes.</summary>
    internal long Size => _levels.Sum(level => level.Size);

    /// <summary>Takes one message of a client's source; false when there is none left now.</summary>
    internal bool TryTake(in ClientHandle client, Instant now)
    {
        // Streams count apart: who invents senders of datagrams takes nothing from the connections of the true one.
        var factor = client.IsStream ? _streams : _datagrams;
        var time = now.Milliseconds * 1000;
        var level = 0;

        if (_reserved.Contains(client.Transport, client.Address)) return true;

        // The narrowest first: a network that has used up its own takes nothing from its neighbours.
        foreach (var network in ClientNetwork.Of(client.Address.Ip))
        {
            var bits = network.Prefix.Family == IpFamily.IPv4 ? (ulong)network.Prefix.Bits : (ulong)(network.Prefix.Bits >> 64);
            if (!_levels[level++].TryTake(bits, factor, time)) return false;
        }

        return true;
    }

    /// <summary>The buckets of all networks of one length.</summary>
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
            while (true)
            {
                var seen = Volatile.Read(ref slot);
                var emptyAt = long.Max(seen, time);
                if (emptyAt - time > _burst) return false;
                if (Interlocked.CompareExchange(ref slot, emptyAt + _interval, seen) == seen) return true;
            }
        }
    }
}
