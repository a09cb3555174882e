using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// What the shards of one relay share: quotas, reservations, the look-up of relayed addresses, revocations and the key of nonces. Thread-safe.
/// </summary>
public sealed class RelayShared
{
    private RelaySettings _settings;
    private ImmutableList<ConcurrentDictionary<ClientHandle, Allocation>> _allocations = [];

    /// <summary>Makes it; before the shards, once for each relay.</summary>
    /// <param name="settings">The relay's settings.</param>
    /// <param name="seed">32 random bytes, new at every start.</param>
    /// <exception cref="ArgumentException">The settings contradict themselves, or the seed has another length.</exception>
    public RelayShared(RelaySettings settings, ReadOnlySpan<byte> seed)
    {
        settings.Check();
        if (seed.Length != RandomSource.SeedLength) throw new ArgumentException($"a seed has {RandomSource.SeedLength} bytes, not {seed.Length}", nameof(seed));

        _settings = settings;
        NonceKey = HMACSHA256.HashData(seed, "nonce"u8);
        Limits = new(settings, HMACSHA256.HashData(seed, "limits"u8));
        Quotas = new(settings.Quotas);
        Relayed = new(settings.Addresses, settings.FirstPort, settings.LastPort);
    }

    /// <summary>
    /// Relayed transport addresses of all shards, those that are being opened and reserved ones among them; a moment old. A dual allocation has two.
    /// </summary>
    public int Allocations => Quotas.Taken;

    /// <summary>What clients have of the relay now. Its own probes are not counted, but for a moment when one begins or ends.</summary>
    public RelayUse Use
    {
        get
        {
            var bytes = 0L;
            foreach (var (_, allocation) in _allocations.SelectMany(clients => clients))
            {
                if (!Settings.Probes.Contains(allocation.Client.Transport, allocation.Client.Address)) bytes += allocation.CallBytes;
            }

            return new(Quotas.Taken, bytes);
        }
    }

    /// <summary>How much room there is: the smallest of the quota and of each family's ports.</summary>
    public RelayCapacity Capacity(Instant now)
    {
        var (taken, limit) = (Quotas.Taken, Quotas.Bounds.Allocations);
        var (total, free) = (limit, limit - taken);
        foreach (var ports in Relayed.Ports)
        {
            var count = ports.Count(now.Milliseconds);
            (total, free) = (int.Min(total, count.Usable), int.Min(free, count.Free));
        }

        return new(taken, total, int.Max(0, free));
    }

    /// <summary>
    /// Brings other settings to every shard at its next input; call <see cref="RelayShard.HandleTime"/> on each, so that all have them soon. What stands goes on, but
    /// permissions and channels end whose peers are denied now, and bounds that are lower than what is there refuse what is new.
    /// </summary>
    /// <param name="settings">The settings; realm and ports are as they were. Addresses change by <see cref="Serve"/> alone.</param>
    /// <exception cref="ArgumentException">The settings contradict themselves, or change what a running relay cannot.</exception>
    public void Reload(RelaySettings settings)
    {
        settings.Check();
        var before = Settings;
        if (settings.Realm != before.Realm || (settings.FirstPort, settings.LastPort) != (before.FirstPort, before.LastPort))
            throw new ArgumentException("realm and ports of a running relay stay as they are", nameof(settings));

        // The probes that are under way are the running relay's, whatever the settings say.
        settings = settings with { Probes = before.Probes };
        Quotas.Bounds = settings.Quotas;
        if (settings.Quotas.ChallengesPerAddress != before.Quotas.ChallengesPerAddress) Limits.Reload(settings);
        Settings = settings;
    }

    /// <summary>The settings in use; shards compare them by reference.</summary>
    internal RelaySettings Settings
    {
        get => Volatile.Read(ref _settings);
        private set => Volatile.Write(ref _settings, value);
    }

    /// <summary>Has a shard's allocations counted in <see cref="Use"/>.</summary>
    internal void Join(ConcurrentDictionary<ClientHandle, Allocation> allocations) => ImmutableInterlocked.Update(ref _allocations, all => all.Add(allocations));

    internal byte[] NonceKey { get; }

    internal RequestLimits Limits { get; }

    internal AllocationQuotas Quotas { get; }

    internal Reservations Reservations { get; } = new();

    internal Revocations Revocations { get; } = new();

    internal RelayedAddresses Relayed { get; }

    internal HostAddressSet Host { get; } = new();

    /// <summary>
    /// Says which addresses the relay's host has now: before the first packet, and whenever they change. What the host has besides relayed transport addresses is
    /// no client's peer: packets to it would pass no firewall. Channels and permissions that were granted before are judged again with each packet.
    /// </summary>
    public void SetHostAddresses(IEnumerable<IpAddress> addresses) => Host.Set(addresses);

    /// <summary>The addresses that relayed transport addresses are opened on now, one of each family.</summary>
    public IReadOnlyList<RelayAddress> Addresses => [.. Relayed.Own.DistinctBy(address => address.Family)];

    /// <summary>
    /// Opens relayed transport addresses of a family on this address from now on: the host got its first one, or another. What stands on the one before goes on.
    /// </summary>
    public void Serve(RelayAddress address) => Relayed.Serve(address);

    /// <summary>Finds the allocation that a relayed transport address belongs to, by its local or its public form.</summary>
    public bool TryFind(TransportAddress relayed, out AllocationId allocation)
    {
        allocation = default;
        return Relayed.IsOwn(ref relayed) && Relayed.TryFind(relayed, out allocation);
    }

    /// <summary>
    /// Refuses a subject from now on: its requests are answered 403, and each shard ends its allocations when <see cref="RelayShard.HandleTime"/> is called next;
    /// call that on every shard afterwards. At most 10,000 subjects are kept; beyond that the one that ends first gives way.
    /// </summary>
    /// <param name="subject">The subject of the credentials.</param>
    /// <param name="untilUnixSeconds">When the last of its credentials ends, grace included, in seconds since 1970 (UTC).</param>
    public void Revoke(string subject, long untilUnixSeconds) => Revocations.Add(subject, untilUnixSeconds);
}
