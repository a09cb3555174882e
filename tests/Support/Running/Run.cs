using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Causeway.Tests.Support.Running;

/// <summary>A program that runs as a person would run it, with everything that it prints.</summary>
public sealed class Run : IAsyncDisposable
{
    // Long enough for a slow machine that builds first; reached only when something hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource Seen)> _waiting = [];

    private Run(Process process) => _process = process;

    public string Output { get { lock (_output) return _output.ToString(); } }

    public string Errors { get { lock (_output) return _errors.ToString(); } }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program in the checkout's top folder.</summary>
    public static Run Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        Start(program, arguments, environment, typed: "");

    /// <summary>Starts a program on its own terminal, with what a person types there.</summary>
    public static Run OnTerminal(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string typed = "") =>
        Start("script", ["--quiet", "--return", "--command", string.Join(' ', arguments.Prepend(program).Select(word => $"'{word}'")),
            "/dev/null"], environment, typed);

    private static Run Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, string typed)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Whatever credentials the machine has are not the tests': no account is asked but one of their own.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent/aws";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;

        var run = new Run(new() { StartInfo = start });
        run._process.OutputDataReceived += (_, line) => run.Add(run._output, line.Data);
        run._process.ErrorDataReceived += (_, line) => run.Add(run._errors, line.Data);
        run._process.Start();
        run._process.StandardInput.Write(typed);
        // A terminal stays open: its end would be another key press.
        if (program != "script") run._process.StandardInput.Close();
        run._process.BeginOutputReadLine();
        run._process.BeginErrorReadLine();
        return run;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Run> ToEnd(string program, params string[] arguments)
    {
        var run = Start(program, arguments);
        await run.WaitForExit();
        return run;
    }

    /// <summary>Whether a program is on PATH.</summary>
    public static bool Exists(string program)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Waits until the standard output satisfies a condition; fails with everything printed when the program ends first.</summary>
    public async Task WaitForOutput(Func<string, bool> wanted)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (wanted(_output.ToString())) return;
            _waiting.Add((wanted, seen));
        }

        var ended = _process.WaitForExitAsync();
        await Task.WhenAny(seen.Task, ended).WaitAsync(Patience);
        if (!seen.Task.IsCompleted && !wanted(Output))
            throw new InvalidOperationException($"it ended with {_process.ExitCode} before that:\n{Output}\n{Errors}");
    }

    /// <summary>Sends a signal by name, as Ctrl-C sends INT.</summary>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task WaitForExit()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"it still runs:\n{Output}\n{Errors}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Add(StringBuilder target, string? line)
    {
        if (line is null) return;
        lock (_output)
        {
            target.Append(line).Append('\n');
            if (target == _output) _waiting.RemoveAll(one => one.Wanted(_output.ToString()) && one.Seen.TrySetResult());
        }
    }
}
