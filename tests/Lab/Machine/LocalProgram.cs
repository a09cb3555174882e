using System.Collections.Concurrent;
using CliWrap;

namespace Causeway.Lab.Machine;

/// <summary>Starts the product's programs on this machine itself, outside of any testbed. On Linux they end with this process, however that ends.</summary>
internal static class LocalProgram
{
    // The kernel ends a child when the thread that started it ends (PR_SET_PDEATHSIG in prctl(2)), and threads of the pool come and go: this one stays.
    private static readonly Lazy<BlockingCollection<Action>> Starts = new(() =>
    {
        var starts = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable()) start();
        });
        thread.IsBackground = true;
        thread.Start();
        return starts;
    });

    private static readonly bool EndsWithParent = OperatingSystem.IsLinux() && ShellCommand.Exists("setpriv");

    /// <summary>Starts a program; the process id is its own, so that it can be sent signals.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">Takes each line that it prints.</param>
    /// <param name="environment">More of its environment; null for none.</param>
    /// <param name="kill">Ends it by force.</param>
    /// <param name="interrupt">Asks it to end, as Ctrl-C does.</param>
    public static CommandTask<CommandResult> Start(
        string program, IEnumerable<string> arguments, Action<string> log, IReadOnlyDictionary<string, string?>? environment, CancellationToken kill, CancellationToken interrupt = default)
    {
        var command = (EndsWithParent ? Cli.Wrap("setpriv").WithArguments(["--pdeathsig", "KILL", program, .. arguments]) : Cli.Wrap(program).WithArguments(arguments))
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithStandardOutputPipe(PipeTarget.ToDelegate(log))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(log))
            .WithValidation(CommandResultValidation.None);
        var started = new TaskCompletionSource<CommandTask<CommandResult>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Value.Add(() =>
        {
            try
            {
                started.SetResult(command.ExecuteAsync(kill, interrupt));
            }
#pragma warning disable CA1031 // It is thrown again, where it was asked for.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                started.SetException(failure);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }
}
