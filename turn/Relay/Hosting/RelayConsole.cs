using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Hosting;

/// <summary>Exit codes of the executable.</summary>
internal static class RelayExit
{
    public const int Success = 0;

    /// <summary>
    /// The settings are invalid, the system doesn't allow them, or a running relay refuses a command; standard error tells why.
    /// </summary>
    public const int Mistake = 1;

    /// <summary>A command could not reach its relay.</summary>
    public const int Unreachable = 2;
}

/// <summary>The executable's output.</summary>
internal static class RelayConsole
{
    /// <summary>Logs readable lines on a terminal and JSON elsewhere; the <c>logging</c> section sets levels.</summary>
    public static ILoggerFactory Loggers(IConfiguration configuration) => LoggerFactory.Create(logging =>
    {
        logging.AddConfiguration(configuration.GetSection("logging"));
        if (Console.IsOutputRedirected) logging.AddJsonConsole(json => json.UseUtcTimestamp = true);
        else logging.AddSimpleConsole(line => line.SingleLine = true);
    });

    /// <summary>
    /// Whether the message of an exception suffices: a mistake in settings or environment, not a bug that needs its stack trace.
    /// </summary>
    public static bool IsMistake(Exception exception) =>
        exception is RelayOptionsException or ListenException or OperationCanceledException;
}
