using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Hosting;

/// <summary>Exit codes of the executable.</summary>
internal static class RelayExit
{
    public const int Success = 0;

    /// <summary>The settings have mistakes, or the system does not allow what they ask for; standard error says which.</summary>
    public const int Mistake = 1;
}

/// <summary>What the executable shows.</summary>
internal static class RelayConsole
{
    /// <summary>Logs as readable lines on a terminal and as JSON elsewhere; levels by the <c>logging</c> section.</summary>
    public static ILoggerFactory Loggers(IConfiguration configuration) => LoggerFactory.Create(logging =>
    {
        logging.AddConfiguration(configuration.GetSection("logging"));
        if (Console.IsOutputRedirected) logging.AddJsonConsole(json => json.UseUtcTimestamp = true);
        else logging.AddSimpleConsole(line => line.SingleLine = true);
    });

    /// <summary>Whether an exception is somebody's mistake, whose message says all, and not ours, whose stack is needed.</summary>
    public static bool IsMistake(Exception exception) => exception is RelayOptionsException or ListenException or OperationCanceledException;
}
