using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Causeway.Signalling.Tests.Service;

/// <summary>Everything the service logged.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IReadOnlyCollection<(LogLevel Level, string Text)> Lines => _lines;

    /// <summary>
    /// Whether a line tells of a machine that is busy with something else: Kestrel says when its clock was late, Orleans when a task took
    /// long.
    /// </summary>
    public static bool IsOfABusyMachine(string line) =>
        line.Contains("heartbeat", StringComparison.Ordinal) || line.Contains("Orleans.Runtime.Scheduler", StringComparison.Ordinal);

    public ILogger CreateLogger(string categoryName) => new Logger(_lines, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<(LogLevel Level, string Text)> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
    }
}
