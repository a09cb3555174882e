using CliWrap;

namespace Causeway.Lab.Network;

/// <summary>A program that runs on a host until it is stopped; what it prints is kept, and can be waited for.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private readonly string _name;
    private readonly CancellationTokenSource _kill = new();
    private readonly StreamWriter _log;
    private readonly List<string> _lines = [];
    private readonly CommandTask<CommandResult> _running;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LabProcess(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, string logs)
    {
        _name = name;
        LogFile = Path.Combine(logs, name + ".log");
        _log = new StreamWriter(LogFile, append: true) { AutoFlush = true };
        var lines = PipeTarget.ToDelegate(Add);
        _running = Cli.Wrap("ip").WithArguments(arguments).WithEnvironmentVariables(variables => variables.Set(environment).Set("LC_ALL", "C.UTF-8"))
            .WithStandardOutputPipe(lines).WithStandardErrorPipe(lines).WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token);
    }

    /// <summary>Where its output is kept.</summary>
    public string LogFile { get; }

    /// <summary>Whether it still runs.</summary>
    public bool IsRunning => !_running.Task.IsCompleted;

    /// <summary>Its process id.</summary>
    public int ProcessId => _running.ProcessId;

    /// <summary>Waits for a line with a text in it, also one printed already, and returns it.</summary>
    /// <exception cref="InvalidOperationException">It ended, or the time passed, before; the message holds its last lines.</exception>
    public async Task<string> LineWith(string text, TimeSpan within)
    {
        using var time = new CancellationTokenSource(within);
        for (var next = 0; ;)
        {
            // Asked before the lines are looked at: all of them are there when it has ended.
            var hasEnded = _running.Task.IsCompleted;
            Task more;
            lock (_lines)
            {
                for (; next < _lines.Count; next++)
                {
                    if (_lines[next].Contains(text, StringComparison.Ordinal)) return _lines[next];
                }

                more = _more.Task;
            }

            if (hasEnded) throw Failure($"ended before it printed '{text}'");
            try
            {
                await Task.WhenAny(more, _running.Task).WaitAsync(time.Token);
            }
            catch (OperationCanceledException)
            {
                throw Failure($"did not print '{text}' within {within.TotalSeconds} s");
            }
        }
    }

    /// <summary>Waits for its own end.</summary>
    /// <exception cref="InvalidOperationException">It had not ended when the time had passed; the message holds its last lines.</exception>
    public async Task EndAsync(TimeSpan within)
    {
        if (await Task.WhenAny(_running.Task, Task.Delay(within)) != _running.Task) throw Failure($"did not end within {within.TotalSeconds} s");
    }

    /// <summary>Ends it as a service manager does (SIGTERM), or by force when it has not ended after five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_kill.IsCancellationRequested) return;
        Signals.Send(ProcessId, Signals.Terminate);
        _kill.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // That is how the library reports what was asked for.
        }

        await _kill.CancelAsync();
        lock (_lines) _log.Dispose();
    }

    private void Add(string line)
    {
        lock (_lines)
        {
            _log.WriteLine(line);
            _lines.Add(line);
            _more.SetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private InvalidOperationException Failure(string what)
    {
        lock (_lines) return new($"{_name} {what}; its last lines:\n{string.Join('\n', _lines.TakeLast(20))}");
    }
}
