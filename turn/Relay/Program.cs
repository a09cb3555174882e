using Causeway.Relay.Commands;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Hosting;
using Causeway.Relay.Machine;
using Causeway.Relay.Settings;

// A command for a running relay.
if (RelayCommandLine.IsCommand(args)) return await RelayCommands.RunAsync(args);

// 1. Settings: file < environment < command line; all mistakes are reported together.
if (!RelayCommandLine.TryRead(args, Console.Error, out var options, out var configuration)) return RelayExit.Mistake;
if (RelayCommandLine.IsCheck(args))
{
    Console.WriteLine(EffectiveSettings.Json(options));
    return RelayExit.Success;
}

// 2. Logs to standard output; metrics to a collector if the environment names one; the relay; stop on SIGTERM and SIGINT.
using var loggers = RelayConsole.Loggers(configuration);
using var stop = new StopSignals();
using var hangup = new HangupSignal(terminalClosed: stop.Request);
using var metrics = MetricsExport.Start(
    "causeway-relay", options.Heartbeat.Generation, [RelayMetrics.MeterName, MetricsExport.RuntimeMeter], loggers);
try
{
    await using var relay = await RelayHost.StartAsync(options, loggers, cancellation: stop.AtOnce);

    // 3. Reports ready to log and systemd once a probe was relayed over every listener. SIGHUP reloads settings, as the admin
    // interface does.
    var announcing = RelayReadiness.AnnounceAsync(relay, loggers, TimeProvider.System, stop.RequestedToken);
    relay.Reloading = () => RelayReload.Run(relay, args, announcing.IsCompleted);
    var reloading = hangup.RunAsync(() => relay.Reloading(), stop.RequestedToken);
    await stop.Requested;
    await announcing;
    await reloading;

    // 4. Drain; a second signal ends at once.
    RelayReadiness.Withdraw();
    await relay.StopAsync(stop.AtOnce);
    return RelayExit.Success;
}
catch (Exception mistake) when (RelayConsole.IsMistake(mistake))
{
    Console.Error.WriteLine(mistake.Message);
    return RelayExit.Mistake;
}
