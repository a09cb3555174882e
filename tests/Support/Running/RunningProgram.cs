using System.Collections.Concurrent;
using System.Diagnostics;
using Causeway.Tests.Support.Network;

namespace Causeway.Tests.Support.Running;

/// <summary>
/// A program that runs until it ends or is ended. What it prints, on both streams, is kept line by line and can be waited for. On Linux it
/// ends with this process, however that ends.
/// </summary>
public sealed class RunningProgram : IAsyncDisposable
{
    // The kernel ends a child when the thread that started it ends (PR_SET_PDEATHSIG in prctl(2)), and threads of the pool come and go:
    // this one stays.
    private static readonly Lazy<BlockingCollection<Action>> Starts = new(() =>
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable()) start();
        })
        { IsBackground = true }.Start();
        return starts;
    });

    private static readonly bool EndsWithParent = OperatingSystem.IsLinux() && ShellCommand.Exists("setpriv");

    private readonly Process _process;
    private readonly string _name;
    private readonly TimeSpan _patience;
    private readonly StreamWriter? _log;
    private readonly List<string> _lines = [];
    private readonly Task _ended;
    private TaskCompletionSource _more = NewSignal();
    private bool _disposed;

    private RunningProgram(string name, ProcessStartInfo start, StreamWriter? log, TimeSpan patience)
    {
        (_name, _log, _patience, _process) = (name, log, patience, new() { StartInfo = start });
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ended = _process.WaitForExitAsync();
        Id = _process.Id;
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of this process; null takes one away.</param>
    /// <param name="log">A file that gets its lines too; null for none.</param>
    /// <param name="name">Its name in messages; the file's name when there is none.</param>
    /// <param name="patience">How long to wait for it where no time is given; a minute when there is none.</param>
    public static RunningProgram Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? log = null,
        string? name = null,
        TimeSpan? patience = null)
    {
        var start = EndsWithParent
            ? new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var (key, value) in environment ?? new Dictionary<string, string?>()) start.Environment[key] = value;
        var started = new TaskCompletionSource<RunningProgram>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Value.Add(() =>
        {
            try
            {
                var file = log is null ? null : new StreamWriter(log, append: true) { AutoFlush = true };
                started.SetResult(new(name ?? Path.GetFileName(program), start, file, patience ?? TimeSpan.FromMinutes(1)));
            }
#pragma warning disable CA1031 // It is thrown again, on the caller's thread.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                started.SetException(failure);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    /// <summary>Its process id, to which it can be sent signals.</summary>
    public int Id { get; }

    /// <summary>Whether it has ended, and everything that it printed is in <see cref="Output"/>.</summary>
    public bool HasEnded => _ended.IsCompleted;

    /// <summary>What it printed so far.</summary>
    public string Output
    {
        get { lock (_lines) return string.Join('\n', _lines); }
    }

    /// <summary>Waits for a line with a text in it, also one printed already, and returns it.</summary>
    /// <exception cref="InvalidOperationException">It ended, or the time passed, before; the message has its last lines.</exception>
    public async Task<string> LineWith(string text, TimeSpan? within = null)
    {
        var patience = within ?? _patience;
        using var time = new CancellationTokenSource(patience);
        for (var next = 0; ;)
        {
            // Asked before the lines are looked at: all of them are there when it has ended.
            var hasEnded = HasEnded;
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
                await Task.WhenAny(more, _ended).WaitAsync(time.Token);
            }
            catch (OperationCanceledException)
            {
                throw Failure($"did not print '{text}' within {patience.TotalSeconds} s");
            }
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it ended within the time.</returns>
    public async Task<bool> HasEndedAsync(TimeSpan within) => await Task.WhenAny(_ended, Task.Delay(within)) == _ended;

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="InvalidOperationException">It had not ended when the time had passed; the message has its last lines.</exception>
    public async Task<int> EndAsync(TimeSpan? within = null)
    {
        var patience = within ?? _patience;
        if (!await HasEndedAsync(patience)) throw Failure($"did not end within {patience.TotalSeconds} s");
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, as a service manager does (SIGTERM), and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="InvalidOperationException">It had not ended when the time had passed; the message has its last lines.</exception>
    public Task<int> StopAsync(TimeSpan? within = null)
    {
        Terminate();
        return EndAsync(within);
    }

    /// <summary>Asks it to end, as a service manager does (SIGTERM).</summary>
    public void Terminate()
    {
        if (!OperatingSystem.IsWindows()) Signals.Send(Id, Signals.Terminate);
        else KillNow();
    }

    /// <summary>Ends it now, with everything that it started.</summary>
    public async Task KillAsync()
    {
        KillNow();
        // A grandchild that left its group may keep the streams open.
        await HasEndedAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Asks it to end, and ends it by force when it has not within five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (!HasEnded)
        {
            Terminate();
            if (!await HasEndedAsync(TimeSpan.FromSeconds(5))) await KillAsync();
        }

        lock (_lines) _log?.Dispose();
        _process.Dispose();
    }

    private void KillNow()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            if (!_disposed) _log?.WriteLine(line);
            _lines.Add(line);
            _more.SetResult();
            _more = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private InvalidOperationException Failure(string what)
    {
        lock (_lines) return new($"{_name} {what}; its last lines:\n{string.Join('\n', _lines.TakeLast(20))}");
    }
}
