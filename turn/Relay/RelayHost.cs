using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography;
using Causeway.Relay.Fleet;
using Causeway.Turn.Engines;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay;

/// <summary>
/// A running relay: engine, shards, metrics and admin endpoint. The executable hosts one, and so does signalling on a developer's machine.
/// </summary>
public sealed partial class RelayHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(100);

    private volatile RelayConfiguration _configuration;
    private readonly IRelayEngine _engine;
    private readonly IReadOnlyList<RelayShard> _shards;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SelfProbe _probe;
    private readonly RelayShared _shared;
    private HostAddressWatch? _addresses;
    private AdminEndpoint? _admin;
    private IReadOnlyList<HeartbeatSender> _heartbeats = [];
    private int _draining;
    private int _stopped;

    private RelayHost(
        RelayOptions options, RelayConfiguration configuration, IRelayEngine engine, RelaySettings settings, ILogger logger, TimeProvider time)
    {
        (_started, _options, _configuration, _engine, _logger, _time) = (options, options, configuration, engine, logger, time);
        Reserved = settings.Reserved;
        _shared = new(settings, RandomNumberGenerator.GetBytes(32));
        _shards = [.. Enumerable.Range(0, engine.ShardCount).Select(index => new RelayShard(settings, _shared, (ushort)index, RandomNumberGenerator.GetBytes(32)))];
        Metrics = new(this);
        _probe = new(this, time);
    }

    /// <summary>Starts a relay; it serves when this returns.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="loggers">Where it logs; no secret does, and users' addresses at Debug only.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <param name="cancellation">Gives the start up.</param>
    /// <exception cref="RelayOptionsException">The settings have mistakes; all of them are said.</exception>
    /// <exception cref="ListenException">An address or port cannot be listened on.</exception>
    public static Task<RelayHost> StartAsync(RelayOptions options, ILoggerFactory loggers, TimeProvider? time = null, CancellationToken cancellation = default) =>
        StartAsync(options, PortableEngine.Bind, loggers, time, cancellation);

    internal static async Task<RelayHost> StartAsync(RelayOptions options, BindEngine bind, ILoggerFactory loggers, TimeProvider? time, CancellationToken cancellation)
    {
        var mistakes = new List<string>();
        var configuration = RelayOptionsValidator.Parse(options, mistakes);
        if (mistakes.Count > 0) throw new RelayOptionsException(mistakes);

        var logger = loggers.CreateLogger("Causeway.Relay");
        time ??= TimeProvider.System;
        configuration.Certificate?.Start(logger, time);
        var addresses = configuration.Addresses.Count > 0 ? configuration.Addresses : await RelayAddresses.FindAsync(configuration.Listeners, logger, cancellation);
        var descriptors = DescriptorLimit.Of(ReservedDescriptors(configuration));
        var reserved = new ReservedClients();
        // The certificate of this moment, for a reload may bring another.
        RelayHost? host = null;
        var engine = bind(
            EngineSettings(configuration, () => (host?._configuration ?? configuration).Certificate!.Current) with { Descriptors = descriptors, Reserved = reserved },
            new EngineLog(logger),
            time);
        try
        {
            host = new RelayHost(options, configuration, engine, Settings(configuration, addresses, engine) with { Reserved = reserved }, logger, time);
            await host.StartAsync(descriptors, cancellation);
            return host;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where clients reach the relay: the actual addresses and ports.</summary>
    public IReadOnlyList<BoundListener> ListenEndpoints => _engine.Listeners;

    /// <summary>The addresses that relayed transport addresses are opened on.</summary>
    public IReadOnlyList<RelayAddress> Addresses => _shared.Addresses;

    /// <summary>Where health and metrics are served; null: nowhere.</summary>
    public IPEndPoint? Admin => _admin?.EndPoint;

    /// <summary>Live allocations.</summary>
    public int Allocations => _engine.Allocations;

    /// <summary>How much room there is for more allocations: the smallest of quota, ports and memory.</summary>
    public RelayRoom Room => _engine.Room;

    /// <summary>
    /// Whether nobody new should be sent here: what is left is for those who are here already, and for a probe of each listener. Nothing is wrong with a relay
    /// that is full.
    /// </summary>
    public bool IsFull => Room.IsFull(needed: ListenEndpoints.Count);

    /// <summary>Open connections of TCP and TLS clients.</summary>
    public int Connections => _engine.Connections;

    /// <summary>Whether new allocations are refused because the relay stops, or because another one takes its place.</summary>
    public bool IsDraining => Volatile.Read(ref _draining) == 1;

    /// <summary>What the shards have counted, one entry for each.</summary>
    public IReadOnlyList<RelayCounters> Counters => [.. _shards.Select(shard => shard.Counters)];

    /// <summary>What went wrong on the sockets.</summary>
    public EngineCounters EngineCounters => _engine.Counters;

    internal RelayMetrics Metrics { get; }

    /// <summary>The settings in use, parsed; a reload brings others.</summary>
    internal RelayConfiguration Configuration => _configuration;

    /// <summary>The relay's own probes, while they are under way.</summary>
    internal ReservedClients Reserved { get; }

    /// <summary>
    /// Relays a probe through this relay over each of its listeners, with a credential like any client's. Answers from memory when the last probe is only
    /// seconds old.
    /// </summary>
    public Task<IReadOnlyList<ProbeResult>> ProbeAsync(CancellationToken cancellation = default) => _probe.RunAsync(cancellation);

    /// <summary>Refuses new allocations; those that stand go on.</summary>
    public void Drain()
    {
        if (Interlocked.Exchange(ref _draining, 1) == 1) return;
        _logger.Draining(Allocations);
        _engine.Drain();
    }

    /// <summary>Refuses subjects from now on, and ends what they have.</summary>
    internal void Revoke(IEnumerable<Revocation> revocations)
    {
        // Whoever has the key may write any number.
        foreach (var (subject, until) in revocations) _shared.Revoke(subject, long.Min(until, long.MaxValue - int.MaxValue) + _configuration.CredentialGraceSeconds);
        _engine.HandleTime();
    }

    /// <summary>Drains, waits until no allocation is left or the deadline of the settings has passed, and closes.</summary>
    /// <param name="cancellation">Closes at once.</param>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        Drain();
        _logger.Stopping(_configuration.DrainDeadline);
        var start = _time.GetTimestamp();
        // Signalling moves the clients while there is still something to move from.
        await Task.WhenAll(_heartbeats.Select(sender => sender.TellAsync(cancellation)));
        while (Allocations > 0 && _time.GetElapsedTime(start) < _configuration.DrainDeadline && !cancellation.IsCancellationRequested)
            await Task.Delay(DrainPoll, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await DisposeAsync();
    }

    /// <summary>Closes at once: all allocations end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1) return;
        foreach (var sender in _heartbeats) await sender.DisposeAsync();
        _addresses?.Dispose();
        if (Allocations > 0) _logger.EndingAllocations(Allocations);
        if (_admin is not null) await _admin.DisposeAsync();
        await _engine.DisposeAsync();
        Metrics.Dispose();
        _probe.Dispose();
        _logger.Stopped();
    }

    private async Task StartAsync(DescriptorLimit descriptors, CancellationToken cancellation)
    {
        if (_engine.ShardCount < _configuration.Shards) _logger.FewerShards(_configuration.Shards, _engine.ShardCount);
        TellSmallerBuffers("relay.buffers.listenerBytes", _configuration.Buffers.ListenerBytes);
        TellSmallerBuffers("relay.buffers.relayBytes", _configuration.Buffers.RelayBytes);
        if (_configuration.Admin is { } admin)
        {
            _admin = await AdminEndpoint.StartAsync(this, admin, cancellation);
            _logger.AdminListening(_admin.EndPoint);
        }

        // Clients that come meanwhile wait in the system's queues.
        await WarmUp.RunAsync(_configuration.Certificate, Admin, cancellation);
        TellDescriptors(descriptors);
        _addresses = new(OnAddresses, failure => _logger.Unexpected("addresses", 0, failure), _time);
        _engine.Start(_shards);
        foreach (var listener in _engine.Listeners) _logger.Listening(listener.Transport, listener.Address);
        foreach (var address in Addresses) _logger.Relaying(address.Local, address.Public, _configuration.FirstPort, _configuration.LastPort);
        _logger.Started(_shards.Count);
        _logger.Room(Room.Capacity, _configuration.Quotas.Allocations, _configuration.LastPort - _configuration.FirstPort + 1, RelayMemory.Allocations);
        if (_configuration.Heartbeat is { } heartbeat)
        {
            var source = new HeartbeatSource(this, heartbeat, _logger, _time);
            _heartbeats = [.. heartbeat.Hosts.Select(signalling => new HeartbeatSender(source, signalling, _logger, _time))];
        }
    }

    private void TellSmallerBuffers(string key, int wished)
    {
        if (SocketBuffers.Granted(wished) is var granted && granted < wished) _logger.SmallerBuffers(key, wished, granted);
    }

    // Denied before they are listened on: in between a client could reach what else listens there.
    private void OnAddresses(IReadOnlyList<IpAddress> addresses)
    {
        _shared.SetHostAddresses(addresses);
        _engine.HandleAddresses(addresses);
        if (_configuration.Addresses.Count == 0) FollowRelayed(addresses);
    }

    // What the settings name stays. What was found is found again when it went, or was only loopback.
    private void FollowRelayed(IReadOnlyList<IpAddress> addresses)
    {
        foreach (var found in RelayAddresses.Find(_configuration.Listeners))
        {
            var served = Addresses.FirstOrDefault(address => address.Family == found.Family);
            if (served == found || (addresses.Contains(served.Local) && !HostAddresses.IsLoopback(served.Local))) continue;
            _shared.Serve(found);
            _logger.Relaying(found.Local, found.Public, _configuration.FirstPort, _configuration.LastPort);
        }
    }

    /// <summary>
    /// Descriptors that clients do not get: of each listener's probe, and of what the process opens for a moment (files, name look-ups, calls to signalling,
    /// scrapes).
    /// </summary>
    private static int ReservedDescriptors(RelayConfiguration configuration) => 32 + 4 * configuration.Listeners.Count;

    private void TellDescriptors(DescriptorLimit descriptors)
    {
        if (descriptors.Limit == long.MaxValue) return;
        var used = descriptors.Measure();
        var room = descriptors.Room;
        if (room < 1)
        {
            throw new RelayOptionsException([string.Create(
                CultureInfo.InvariantCulture,
                $"ulimit -n: {descriptors.Limit} file descriptors are too few, {used} are in use before the first client and {descriptors.Reserve} "
                + $"are kept in reserve; allow {used + descriptors.Reserve + 1000} or more")]);
        }

        // A client by TCP takes two, its connection and its relayed address; one by UDP the latter.
        var wanted = (long)_configuration.Quotas.Allocations + _configuration.Streams.Connections;
        if (room < wanted) _logger.FewDescriptors(descriptors.Limit, room, used, descriptors.Reserve, wanted);
        else _logger.Descriptors(descriptors.Limit, room, used, descriptors.Reserve);
    }

    private static EngineSettings EngineSettings(RelayConfiguration configuration, Func<SslStreamCertificateContext> certificate) => new()
    {
        Listeners = configuration.Listeners,
        Shards = configuration.Shards,
        ListenerBufferBytes = configuration.Buffers.ListenerBytes,
        RelayBufferBytes = configuration.Buffers.RelayBytes,
        Streams = new()
        {
            Connections = configuration.Streams.Connections,
            ConnectionsPerAddress = configuration.Streams.ConnectionsPerAddress,
            HandshakeTimeout = configuration.Streams.HandshakeTimeout,
            AllocationTimeout = configuration.Streams.AllocationTimeout,
            SendTimeout = configuration.Streams.SendTimeout,
            MaxQueueDelay = configuration.Streams.MaxQueueDelay,
            SendBufferBytes = configuration.Streams.SendBufferBytes,
            TotalSendBufferBytes = configuration.Streams.TotalSendBufferBytes,
            SocketSendBufferBytes = configuration.Streams.SocketSendBufferBytes,
            SocketUnsentBytes = configuration.Streams.SocketUnsentBytes,
            Certificate = configuration.Certificate is null ? null : certificate,
        },
    };

    private static RelaySettings Settings(RelayConfiguration configuration, IReadOnlyList<RelayAddress> addresses, IRelayEngine engine)
    {
        // A client must not speak to the relay through the relay, by none of the forms that an address of it has; what is relayed is UDP.
        var listeners = engine.Listeners.Where(listener => listener.Transport == ClientTransport.Udp).Select(listener => listener.Address).ToArray();
        var mapped = from address in addresses from listener in listeners where listener.Ip == address.Local select listener with { Ip = address.Public };
        // A listener on every address has its port on those that come later too.
        var wildcards = from wildcard in configuration.Listeners
                        where wildcard.Transport == ClientTransport.Udp && wildcard.Address.Ip.Bits == 0
                        from listener in listeners
                        where listener.Family == wildcard.Address.Family && (wildcard.Address.Port == 0 || wildcard.Address.Port == listener.Port)
                        select listener with { Ip = wildcard.Address.Ip };
        return new()
        {
            Realm = configuration.Realm,
            Software = $"Causeway {typeof(RelayHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}",
            Addresses = addresses,
            FirstPort = configuration.FirstPort,
            LastPort = configuration.LastPort,
            Secrets = configuration.Secrets,
            CredentialGraceSeconds = configuration.CredentialGraceSeconds,
            Peers = new(configuration.AllowPeers, configuration.DenyPeers, listeners.Concat(mapped).Concat(wildcards).Distinct(), configuration.AllowHostPeers),
            MaxAllocations = int.Min(configuration.Quotas.Allocations, RelayMemory.Allocations),
            MaxAllocationsPerSubject = configuration.Quotas.AllocationsPerSubject,
            MaxAllocationsPerAddress = configuration.Quotas.AllocationsPerAddress,
            MaxPermissions = configuration.Quotas.PermissionsPerAllocation,
            MaxChannels = configuration.Quotas.ChannelsPerAllocation,
            MaxChallengesPerSecond = configuration.Quotas.ChallengesPerAddress,
        };
    }

    /// <summary>What the engine tells, as logs.</summary>
    private sealed class EngineLog(ILogger logger) : IEngineEvents
    {
        public void Made(AllocationMade allocation) => logger.AllocationMade(allocation.Allocation, allocation.Subject, allocation.Client.Address, allocation.Relayed);

        public void Ended(AllocationEnded allocation) =>
            logger.AllocationEnded(allocation.Allocation, allocation.Subject, allocation.Client.Address, allocation.Reason, allocation.Usage);

        public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure) => logger.RelayNotOpened(asked.Local, reason, failure);

        public void ListenerChanged(BoundListener listener, bool isThere)
        {
            if (isThere) logger.Listening(listener.Transport, listener.Address);
            else logger.NotListening(listener.Transport, listener.Address);
        }

        public void ListenerRefused(TransportAddress address, Exception failure) => logger.ListenerRefused(address, failure);

        public void Unexpected(string where, Exception failure, long suppressed) => logger.Unexpected(where, suppressed, failure);
    }
}
