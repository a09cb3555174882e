using Causeway.Relay.Diagnostics;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Heartbeats;

/// <summary>
/// Sends heartbeats to one node of signalling for as long as the relay runs. Whatever goes wrong there, the relay relays on: a failure is logged when it
/// begins and when it is over, and tried again after a growing while.
/// </summary>
internal sealed class HeartbeatSender : IAsyncDisposable
{
    // Some of the interval is left to chance, so that the relays of a fleet do not come all at once; never above it, for the receiver counts missed ones.
    private const double Jitter = 0.2;
    private const int LongestBackOff = 3;
    // On one host both services start together, and nobody is handed a relay that signalling has not heard of: it is asked again soon, for a while.
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
        // No proxy of the environment's and no redirection: it goes to the named host or nowhere.
        _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Patience };
        _running = Task.Run(RunAsync);
    }

    /// <summary>Tells at once what has changed; gives up soon, for whoever stops is waiting.</summary>
    public async Task TellAsync(CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(LastPatience);
        try
        {
            await SendAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // Signalling notices by the heartbeats that do not come.
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
            // The relay is closed.
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
            var json = await FleetCall.PostAsync(_http, _host, Heartbeat.Path, _source.Configuration.Key, body, Heartbeat.MaxAnswerBytes, cancellation);
            if (!FleetJson.TryRead(json, out HeartbeatAnswer? answer, out var fault)) throw new FleetException($"the answer of {_host.Authority} cannot be read: {fault}");

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
#pragma warning disable CA1031 // Nothing that telling others of the relay brings about may end the relaying.
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
