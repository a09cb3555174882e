using Causeway.Relay.Diagnostics;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Heartbeats;

/// <summary>
/// Sends heartbeats to one node of signalling while the relay runs. Failures don't affect relaying: they are logged when they begin and
/// when they end, and retried with a growing delay.
/// </summary>
internal sealed class HeartbeatSender : IAsyncDisposable
{
    // The interval is randomized, so that the relays of a fleet don't send at once; never longer, because the receiver counts missed
    // heartbeats.
    private const double Jitter = 0.2;
    private const int LongestBackOff = 3;
    // On one host both services start together, and signalling hands out no relay without a heartbeat: so the first ones are retried
    // quickly for a while.
    private const int FirstTries = 80;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private readonly HeartbeatSource _source;
    private readonly Uri _host;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly Task _running;
    private long _heard;
    private bool? _works;
    private bool _wasTaken;
    private int _failures;

    public HeartbeatSender(HeartbeatSource source, Uri host, ILogger logger, TimeProvider time)
    {
        (_source, _host, _logger, _time) = (source, host, logger, time);
        // Without proxies and redirects: it goes to the configured host or fails.
        _http = new(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = Patience,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        { Timeout = Patience };
        _running = Task.Run(RunAsync);
    }

    /// <summary>Sends a heartbeat at once, with a short time-out, because the caller waits for it to stop the relay.</summary>
    public async Task SendNowAsync(CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(LastPatience);
        try
        {
            await SendAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // Signalling notices the missing heartbeats.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _stop.Dispose();
        _one.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await SendAsync(_stop.Token);
                await Task.Delay(Interval * (1 - Jitter * Random.Shared.NextDouble()), _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The relay was closed.
        }
    }

    private TimeSpan Interval
    {
        get
        {
            var usual = _source.Configuration.Interval;
            if (!_wasTaken && _failures is > 0 and <= FirstTries) return usual < FirstInterval ? usual : FirstInterval;
            return usual * Math.Min(_failures < 2 ? 1 : _failures, LongestBackOff);
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var body = FleetJson.Write(await _source.NextAsync(_heard, cancellation));
            var key = _source.Configuration.Key;
            var json = await FleetCall.PostAsync(_http, _host, Heartbeat.Path, key, body, Heartbeat.MaxAnswerBytes, cancellation);
            if (!FleetJson.TryRead(json, out HeartbeatAnswer? answer, out var fault))
                throw new FleetException($"the answer of {_host.Authority} cannot be read: {fault}");

            _source.Obey(answer);
            _heard = answer.Heard;
            if (_works != true) _logger.HeartbeatsTaken(_host.Authority, answer.Admitted);
            (_works, _wasTaken, _failures) = (true, true, 0);
        }
        catch (FleetException failure)
        {
            if (_works != false) _logger.HeartbeatsFail(failure.Message);
            (_works, _failures) = (false, _failures + 1);
        }
#pragma warning disable CA1031 // A failing heartbeat must not end the relay.
        catch (Exception unexpected) when (unexpected is not OperationCanceledException)
        {
            if (_works != false) _logger.Unexpected("heartbeat", 0, unexpected);
            (_works, _failures) = (false, _failures + 1);
        }
#pragma warning restore CA1031
        finally
        {
            _one.Release();
        }
    }
}
