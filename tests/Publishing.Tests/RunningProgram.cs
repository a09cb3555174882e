using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Causeway.Publishing.Tests;

/// <summary>A running program and its output.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly TimeSpan _patience;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private int _open = 2;

    public RunningProgram(string program, IEnumerable<string> arguments, Dictionary<string, string> environment, TimeSpan patience)
    {
        _patience = patience;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Received(line.Data);
        _process.ErrorDataReceived += (_, line) => Received(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output { get { lock (_output) return _output.ToString(); } }

    /// <summary>Waits for a line; fails with the whole output when the program ends first or takes too long.</summary>
    public async Task<string> LineWith(string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(_patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
                if (line.Contains(text, StringComparison.Ordinal)) return line;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // Reported below, with the output.
        }
        throw new InvalidOperationException($"no line with '{text}' within {_patience}. Output:\n{Output}");
    }

    /// <summary>Stops it as systemd does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(_patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Received(string? line)
    {
        if (line is null)
        {
            if (Interlocked.Decrement(ref _open) == 0) _lines.Writer.TryComplete();
            return;
        }
        lock (_output) _output.Append(line).Append('\n');
        _lines.Writer.TryWrite(line);
    }
}
