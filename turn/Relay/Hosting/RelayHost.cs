using System.Net;
using System.Security.Cryptography;
using Causeway.Relay.Admin;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Heartbeats;
using Causeway.Relay.Machine;
using Causeway.Relay.Probing;
using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Causeway.Turn.Fleet;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Hosting;

/// <summary>
/// A running relay: engine, shards, metrics, heartbeats and admin endpoint. The executable runs one, and so does signalling in Development.
/// </summary>
public sealed partial class RelayHost : IRelayCommands, IRelayAdmin, IAsyncDisposable
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(100);

    private volatile RelayConfiguration _configuration;
    private readonly IRelayEngine _engine;
    private readonly IReadOnlyList<RelayShard> _shards;
    private readonly RelayStatus _status;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SelfProbe _probe;
    private readonly RelayShared _shared;
    private HostAddressWatch? _addresses;
    private AdminEndpoint? _admin;
    private IReadOnlyList<HeartbeatSender> _heartbeats = [];
    private readonly Lock _draining = new();
    private bool _stopping;
    private int _stopped;

    private RelayHost(
        RelayOptions options,
        RelayConfiguration configuration,
        IRelayEngine engine,
        RelaySettings settings,
        ILogger logger,
        TimeProvider time)
    {
        (_started, _options, _configuration, _engine, _logger, _time) = (options, options, configuration, engine, logger, time);
        _shared = new(settings, RandomNumberGenerator.GetBytes(32));
        _shards = [.. Enumerable.Range(0, engine.ShardCount)
            .Select(index => new RelayShard(settings, _shared, (ushort)index, RandomNumberGenerator.GetBytes(32)))];
        Probes = settings.Probes;
        _status = new(engine, _shards, _shared);
        Metrics = new(_status);
        _probe = new(engine, _shared, Probes, () => _configuration, time);
    }

    /// <summary>Starts a relay; it serves clients when this returns.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="loggers">The log; it gets no secrets, and users' addresses at Debug only.</param>
    /// <param name="time">The clock; null means the system's.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="RelayOptionsException">The settings are invalid; contains all mistakes.</exception>
    /// <exception cref="ListenException">A listener can't be bound.</exception>
    public static Task<RelayHost> StartAsync(
        RelayOptions options, ILoggerFactory loggers, TimeProvider? time = null, CancellationToken cancellation = default) =>
        StartAsync(options, null, loggers, time, cancellation);

    internal static async Task<RelayHost> StartAsync(
        RelayOptions options, BindEngine? bind, ILoggerFactory loggers, TimeProvider? time, CancellationToken cancellation)
    {
        var mistakes = new List<string>();
        var configuration = RelayOptionsValidator.Parse(options, mistakes);
        if (mistakes.Count > 0) throw new RelayOptionsException(mistakes);

        var logger = loggers.CreateLogger("Causeway.Relay");
        time ??= TimeProvider.System;
        configuration.Certificate?.Start(logger, time);
        var addresses = configuration.Addresses.Count > 0
            ? configuration.Addresses
            : await RelayAddresses.FindAsync(configuration.Listeners, logger, cancellation);
        var descriptors = DescriptorLimit.Of(SystemLimits.ReservedDescriptors(configuration));
        var probes = new ProbeClients();
        // Read each time, because a reload may change it.
        RelayHost? host = null;
        if (bind is null) logger.EngineChosen(configuration.Engine.Name, options.Engine);
        var engine = (bind ?? configuration.Engine.Bind)(
            configuration.ForEngine(() => (host?._configuration ?? configuration).Certificate!.Current)
                with
            { Descriptors = descriptors, Probes = probes },
            new EngineLog(logger),
            time);
        try
        {
            var settings = configuration.ForShards(addresses, engine) with { Probes = probes };
            host = new RelayHost(options, configuration, engine, settings, logger, time);
            await host.StartAsync(descriptors, cancellation);
            return host;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>The bound listeners.</summary>
    public IReadOnlyList<BoundListener> ListenEndpoints => _engine.Listeners;

    /// <summary>The addresses that relayed transport addresses are opened on.</summary>
    public IReadOnlyList<RelayAddress> Addresses => _shared.Addresses;

    /// <summary>The endpoint of the admin interface, health and metrics; null without one.</summary>
    public IPEndPoint? Admin => _admin?.EndPoint;

    /// <summary>Live allocations.</summary>
    public int Allocations => _engine.Allocations;

    /// <summary>The capacity: the smallest of quota, ports and memory.</summary>
    public RelayCapacity Capacity => _engine.Capacity;

    /// <summary>
    /// Whether new clients should be sent elsewhere: the rest is for current clients, and for a probe of each listener. A full relay is
    /// healthy.
    /// </summary>
    public bool IsFull => _status.IsFull;

    /// <summary>Open connections of TCP and TLS clients.</summary>
    public int Connections => _engine.Connections;

    /// <summary>Whether new allocations are refused because the relay stops, or because another one replaces it.</summary>
    public bool IsDraining => _status.IsDraining;

    /// <summary>The counters of each shard.</summary>
    public IReadOnlyList<RelayCounters> Counters => _status.Counters;

    /// <summary>Failures on the sockets.</summary>
    public EngineCounters EngineCounters => _engine.Counters;

    internal RelayMetrics Metrics { get; }

    internal ProbeClients Probes { get; }

    /// <summary>
    /// Relays a probe through this relay over each of its listeners, with a credential like any client's. Returns the last result if it is
    /// only seconds old.
    /// </summary>
    public Task<IReadOnlyList<ProbeResult>> ProbeAsync(CancellationToken cancellation = default) => _probe.RunAsync(cancellation);

    /// <summary>Refuses new allocations; existing ones continue.</summary>
    public void Drain()
    {
        lock (_draining)
        {
            if (!_status.BeginDraining()) return;
            _logger.Draining(Allocations);
            _engine.Drain();
        }
    }

    /// <summary>Accepts new allocations again. Signalling may drain the relay once more with its next answer.</summary>
    /// <returns>False while the relay stops; then it continues to drain.</returns>
    public bool Undrain()
    {
        lock (_draining)
        {
            if (_stopping) return false;
            if (!_status.EndDraining()) return true;
            _logger.Undrained();
            _engine.Undrain();
            return true;
        }
    }

    /// <summary>Refuses subjects from now on, and ends their allocations.</summary>
    public void Revoke(IEnumerable<Revocation> revocations)
    {
        // The key's owner may send any number.
        foreach (var (subject, until) in revocations)
            _shared.Revoke(subject, long.Min(until, long.MaxValue - int.MaxValue) + _configuration.CredentialGraceSeconds);
        _engine.HandleTime();
    }

    /// <summary>Drains, waits until all allocations ended or the drain deadline passed, and closes.</summary>
    /// <param name="cancellation">Closes at once.</param>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        lock (_draining) _stopping = true;
        Drain();
        _logger.Stopping(_configuration.DrainDeadline);
        var start = _time.GetTimestamp();
        // Signalling moves the clients while their allocations exist.
        await Task.WhenAll(_heartbeats.Select(sender => sender.SendNowAsync(cancellation)));
        while (Allocations > 0 && _time.GetElapsedTime(start) < _configuration.DrainDeadline && !cancellation.IsCancellationRequested)
            await Task.Delay(DrainPoll, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await DisposeAsync();
    }

    /// <summary>Closes at once and ends all allocations.</summary>
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
        SystemLimits.LogBuffers(_logger, _configuration);
        if (_configuration.Admin is { } admin)
        {
            _admin = await AdminEndpoint.StartAsync(this, admin, _time, cancellation);
            _logger.AdminListening(_admin.EndPoint);
        }

        // Clients that arrive meanwhile wait in the system's queues.
        await WarmUp.RunAsync(_configuration.Engine, _configuration.Certificate, Admin, cancellation);
        SystemLimits.LogDescriptors(_logger, _configuration, descriptors);
        _addresses = new(OnAddresses, failure => _logger.Unexpected("addresses", 0, failure), _time);
        _engine.Start(_shards);
        if (IsDraining) _engine.Drain();
        foreach (var listener in _engine.Listeners) _logger.Listening(listener.Transport, listener.Address);
        var (first, last) = (_configuration.FirstPort, _configuration.LastPort);
        foreach (var address in Addresses) _logger.Relaying(address.Local, address.Public, first, last);
        _logger.Started(_shards.Count);
        _logger.Room(Capacity.Total, _configuration.Quotas.Allocations, last - first + 1, RelayMemory.Allocations);
        if (_configuration.Heartbeat is { } heartbeat)
        {
            var source = new HeartbeatSource(_status, _probe, this, () => _configuration.Heartbeat ?? heartbeat, _logger, _time);
            _heartbeats = [.. heartbeat.Hosts.Select(signalling => new HeartbeatSender(source, signalling, _logger, _time))];
        }
    }
}
