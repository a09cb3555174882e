using Causeway.Relay;

// 1. Settings: file < environment < command line, every mistake reported together.
if (!RelayCommandLine.TryRead(args, Console.Error, out var options, out var configuration)) return RelayExit.Mistake;

// 2. Logs to standard output; the relay; stop on SIGTERM and SIGINT.
using var loggers = RelayConsole.Loggers(configuration);
using var stop = new StopSignals();
try
{
    await using var relay = await RelayHost.StartAsync(options, loggers, cancellation: stop.AtOnce);
    await stop.Asked;

    // 3. Drain: a second signal ends at once.
    await relay.StopAsync(stop.AtOnce);
    return RelayExit.Success;
}
catch (Exception mistake) when (RelayConsole.IsMistake(mistake))
{
    Console.Error.WriteLine(mistake.Message);
    return RelayExit.Mistake;
}
