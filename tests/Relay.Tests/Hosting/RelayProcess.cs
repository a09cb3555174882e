using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Causeway.Relay.Tests.Hosting;

/// <summary>The relay's executable; ended by its process id after the test.</summary>
internal sealed class RelayProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>Starts the relay.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Additional environment variables.</param>
    /// <param name="network">The network namespace; null means this process's.</param>
    /// <param name="descriptors">The limit of file descriptors; 0 means this process's.</param>
    public RelayProcess(string[] arguments, (string Name, string Value)[] environment, string? network = null, long descriptors = 0)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "causeway-relay.dll"), .. arguments];
        if (network is not null) command = ["ip", "netns", "exec", network, .. command];
        // With exec, so that the process id is the relay's.
        if (descriptors > 0) command = ["sh", "-c", $"ulimit -n {descriptors} && exec \"$@\"", "sh", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) _lines.Writer.TryComplete();
            else _lines.Writer.TryWrite(line.Data);
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) _errors.Append(line.Data).Append('\n');
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Standard error; complete after <see cref="ExitAsync"/>.</summary>
    public string Errors => _errors.ToString();

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(Deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Reads standard output up to a line that matches.</summary>
    public async Task<string> LineAsync(Regex pattern)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(Deadline.Token))
        {
            if (pattern.IsMatch(line)) return line;
        }

        throw new InvalidOperationException($"the relay ended without a line that matches {pattern}; it said: {Errors}");
    }

    /// <summary>Standard output after the last read line; complete after <see cref="ExitAsync"/>.</summary>
    public async Task<List<string>> RestAsync() => await _lines.Reader.ReadAllAsync(Deadline.Token).ToListAsync(Deadline.Token);

    /// <summary>Sends a signal by its name, as <c>TERM</c>.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{Id}"]);
        await kill.WaitForExitAsync(Deadline.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
