using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Causeway.Lab.Scripts;

/// <summary><c>script/lab</c>, run in its own process group, as by a shell on a terminal: a signal reaches all of it.</summary>
internal sealed partial class ScriptRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly RunningProgram _program;

    // Its environment is what tells its processes from all others.
    private ScriptRun(string[] arguments) => _program = RunningProgram.Start(
        "setsid", [Checkout.At("script", "lab"), .. arguments],
            new Dictionary<string, string?> { [Mark] = _mark, ["CAUSEWAY_LAB_LOGS"] = null });

    /// <summary>What it printed so far.</summary>
    public string Output => _program.Output;

    /// <summary>The namespaces of the scenario that is paused.</summary>
    public IReadOnlyList<string> Namespaces { get; private set; } = [];

    /// <summary>The file whose removal ends the pause.</summary>
    public string PauseFile { get; private set; } = "";

    /// <summary>Everything that it started and that still runs.</summary>
    public IReadOnlyList<string> Processes =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Has(folder)),
    ];

    /// <summary>What still runs some seconds after its end, in words: what is being killed needs a moment.</summary>
    public async Task<IEnumerable<string>> LeftAsync()
    {
        for (var waited = Stopwatch.StartNew(); Processes.Count > 0 && waited.Elapsed < TimeSpan.FromSeconds(10);)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        return Processes.Select(process => $"{Path.GetFileName(process)}: {CommandLine(Path.GetFileName(process)).Replace('\0', ' ')}");
    }

    /// <summary>The browsers on its hosts, whose environment is another one.</summary>
    public int Browsers => NetworkNamespace.All
        .Where(name => TestOwner.Of(name) is { } owner && Processes.Contains($"/proc/{owner.Process}"))
        .SelectMany(name => ShellCommand.Try("ip", ["netns", "pids", name]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Count(process => CommandLine(process) is var line && line.Contains("chromium", StringComparison.Ordinal)
            && !line.Contains("--type=", StringComparison.Ordinal));

    private const string Mark = "CAUSEWAY_SCRIPT_RUN";

    /// <summary>Starts it.</summary>
    public static ScriptRun Start(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The lab's script is for Linux; this is another system.");
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess, "The lab makes network namespaces, which only root may: run script/test as root.");
        return new(arguments);
    }

    /// <summary>Starts a scenario and waits until it is paused.</summary>
    public static async Task<ScriptRun> PausedAsync(string scenario)
    {
        var run = Start("--no-build", "--pause", scenario);
        try
        {
            await run.BecomesAsync(() => PauseLine().IsMatch(run.Output), Patience);
            run.PauseFile = PauseLine().Match(run.Output).Groups[1].Value;
            run.Namespaces = [.. HostLine().Matches(run.Output).Select(match => match.Groups[1].Value).Order()];
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until something is so; fails with what was printed when the script ends before.</summary>
    public async Task BecomesAsync(Func<bool> condition, TimeSpan within)
    {
        for (var waited = Stopwatch.StartNew(); !condition();)
        {
            Assert.False(_program.HasEnded, $"script/lab ended first. Its output:\n{Output}");
            Assert.True(waited.Elapsed < within, $"script/lab did not get there within {within.TotalSeconds} s. Its output:\n{Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Sends a signal to all of it.</summary>
    public void Send(int signal) => Signals.Send(-_program.Id, signal);

    /// <summary>Waits for its end and returns its exit code.</summary>
    public Task<int> EndAsync(TimeSpan within) => _program.EndAsync(within);

    public async ValueTask DisposeAsync()
    {
        if (!_program.HasEnded) Send(Signals.Kill);
        await _program.DisposeAsync();
    }

    private bool Has(string process) => Read(Path.Combine(process, "environ")).Contains($"{Mark}={_mark}", StringComparison.Ordinal);

    private static string CommandLine(string process) => Read($"/proc/{process}/cmdline");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"Remove this file to continue: (\S+)")]
    private static partial Regex PauseLine();

    [GeneratedRegex(@"ip netns exec (\S+) bash")]
    private static partial Regex HostLine();
}
