using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Connections;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// The state that the shards of a relay share: quotas, reservations, relayed addresses, revocations and the key of nonces. Thread-safe.
/// </summary>
public sealed class RelayShared
{
    private RelaySettings _settings;
    private ImmutableList<ConcurrentDictionary<ClientHandle, Allocation>> _allocations = [];

    /// <summary>Creates the shared state of a relay, before its shards.</summary>
    /// <param name="settings">The relay's settings.</param>
    /// <param name="seed">32 random bytes, new at every start.</param>
    /// <exception cref="ArgumentException">The settings are inconsistent, or the seed has another length.</exception>
    public RelayShared(RelaySettings settings, ReadOnlySpan<byte> seed)
    {
        settings.Check();
        if (seed.Length != RandomSource.SeedLength)
            throw new ArgumentException($"a seed has {RandomSource.SeedLength} bytes, not {seed.Length}", nameof(seed));

        _settings = settings;
        NonceKey = HMACSHA256.HashData(seed, "nonce"u8);
        Limits = new(settings, HMACSHA256.HashData(seed, "limits"u8));
        Quotas = new(settings.Quotas);
        Relayed = new(settings.Addresses, settings.FirstPort, settings.LastPort);
    }

    /// <summary>
    /// Gets the number of relayed transport addresses of all shards, a moment old; reserved ones and those being opened included. A dual
    /// allocation has two.
    /// </summary>
    public int Allocations => Quotas.Taken;

    /// <summary>Gets the number of TCP connections to peers (RFC 6062), a moment old; those being opened included.</summary>
    public int PeerConnections => Connections.Count;

    /// <summary>Gets the number of static users.</summary>
    public int StaticUsers => Settings.Users.Count;

    /// <summary>Gets the use of the relay by clients. Its own probes aren't counted, except for a moment when one starts or ends.</summary>
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

    /// <summary>Gets the capacity: the smallest of the quota and of each family's ports.</summary>
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
    /// Changes the settings. Every shard adopts them at its next input; call <see cref="RelayShard.HandleTime"/> on each to make that soon.
    /// Allocations continue, but permissions and channels of peers that are now denied end. Lower bounds only refuse new allocations,
    /// permissions and channels.
    /// </summary>
    /// <param name="settings">The settings, with the same realm and ports. Only <see cref="Serve"/> changes the addresses.</param>
    /// <exception cref="ArgumentException">The settings are inconsistent, or change what a running relay can't.</exception>
    public void Reload(RelaySettings settings)
    {
        settings.Check();
        var before = Settings;
        if (settings.Realm != before.Realm || (settings.FirstPort, settings.LastPort) != (before.FirstPort, before.LastPort))
            throw new ArgumentException("realm and ports of a running relay can't change", nameof(settings));

        // The running relay keeps its own probes.
        settings = settings with { Probes = before.Probes };
        Quotas.Bounds = settings.Quotas;
        if (settings.Quotas.ChallengesPerAddress != before.Quotas.ChallengesPerAddress) Limits.Reload(settings);
        Settings = settings;
    }

    /// <summary>Gets the current settings; shards compare them by reference.</summary>
    internal RelaySettings Settings
    {
        get => Volatile.Read(ref _settings);
        private set => Volatile.Write(ref _settings, value);
    }

    /// <summary>Adds a shard's allocations to <see cref="Use"/>.</summary>
    internal void Join(ConcurrentDictionary<ClientHandle, Allocation> allocations) =>
        ImmutableInterlocked.Update(ref _allocations, all => all.Add(allocations));

    internal byte[] NonceKey { get; }

    internal RequestLimits Limits { get; }

    internal AllocationQuotas Quotas { get; }

    internal Reservations Reservations { get; } = new();

    internal Revocations Revocations { get; } = new();

    internal RelayedAddresses Relayed { get; }

    internal PeerConnections Connections { get; } = new();

    internal HostAddressSet Host { get; } = new();

    /// <summary>
    /// Sets the addresses of the relay's host: before the first packet, and whenever they change. Other services on them are denied as
    /// peers, because packets to them pass no firewall. Each packet checks it, so that existing channels and permissions are covered.
    /// </summary>
    public void SetHostAddresses(IEnumerable<IpAddress> addresses) => Host.Set(addresses);

    /// <summary>Gets the addresses that relayed transport addresses are opened on, one of each family.</summary>
    public IReadOnlyList<RelayAddress> Addresses => [.. Relayed.Own.DistinctBy(address => address.Family)];

    /// <summary>
    /// Opens relayed transport addresses of a family on this address from now on. Allocations on the previous one continue.
    /// </summary>
    public void Serve(RelayAddress address) => Relayed.Serve(address);

    /// <summary>Finds the allocation of a relayed transport address, in its local or public form.</summary>
    public bool TryFind(TransportAddress relayed, out AllocationId allocation)
    {
        allocation = default;
        return Relayed.IsOwn(ref relayed) && Relayed.TryFind(relayed, out allocation);
    }

    /// <summary>
    /// Revokes a subject: its requests are answered 403, and each shard ends its allocations at the next
    /// <see cref="RelayShard.HandleTime"/>; call that on every shard afterwards. At most 10,000 subjects are kept; beyond that the one that
    /// ends first is removed.
    /// </summary>
    /// <param name="subject">The subject of the credentials.</param>
    /// <param name="untilUnixSeconds">The expiry of its last credential, with the grace, in seconds since 1970 (UTC).</param>
    public void Revoke(string subject, long untilUnixSeconds) => Revocations.Add(subject, untilUnixSeconds);
}
