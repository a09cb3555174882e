using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Ops.Stacks;

/// <summary>Runs the <c>pulumi</c> on the PATH.</summary>
internal sealed class PulumiCli(DirectoryInfo project)
{
    // An interrupted update finishes its current operations.
    private static readonly TimeSpan KillDelay = TimeSpan.FromSeconds(15);

    private static string FileName => OperatingSystem.IsWindows() ? "pulumi.exe" : "pulumi";

    /// <summary>Gets whether it is on the PATH.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, FileName)));

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The arguments. No secrets: other users can see them in the list of processes.</param>
    /// <param name="input">The standard input, which may contain secrets.</param>
    /// <param name="cancellation">Cancels the command.</param>
    /// <returns>The standard output.</returns>
    /// <exception cref="OpsException">Pulumi isn't installed or failed; with its error.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        try
        {
            var result = await Pulumi(arguments)
                .WithStandardInputPipe(PipeSource.FromString(input))
                .ExecuteBufferedAsync(cancellation);
            return result.IsSuccess
                ? result.StandardOutput
                : throw new OpsException($"{Failed(arguments, result)}: {result.StandardError.Trim()}");
        }
        catch (Win32Exception missing)
        {
            throw NotInstalled(missing);
        }
    }

    /// <summary>Runs a command and passes on each line that it prints.</summary>
    /// <param name="arguments">The arguments. No secrets: other users can see them in the list of processes.</param>
    /// <param name="line">Receives each line.</param>
    /// <param name="cancellation">Interrupts the command like Ctrl-C, and kills it if it doesn't exit.</param>
    /// <exception cref="OpsException">Pulumi isn't installed or failed.</exception>
    public async Task StreamAsync(IReadOnlyList<string> arguments, Action<string> line, CancellationToken cancellation)
    {
        using var forced = new CancellationTokenSource();
        await using var late = cancellation.Register(() => forced.CancelAfter(KillDelay));
        try
        {
            var result = await Pulumi(arguments)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(line))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(line))
                .ExecuteAsync(forced.Token, cancellation);
            if (!result.IsSuccess) throw new OpsException(Failed(arguments, result));
        }
        catch (Win32Exception missing)
        {
            throw NotInstalled(missing);
        }
    }

    private Command Pulumi(IEnumerable<string> arguments) => Cli.Wrap("pulumi")
        .WithArguments([.. arguments, "--non-interactive"])
        .WithWorkingDirectory(project.FullName)
        .WithValidation(CommandResultValidation.None);

    private static string Failed(IEnumerable<string> arguments, CommandResult result) =>
        $"pulumi {string.Join(' ', arguments)} failed with exit code {result.ExitCode}";

    private static OpsException NotInstalled(Win32Exception missing) =>
        new("'pulumi' isn't on the PATH; install it from https://www.pulumi.com/docs/install/", cause: missing);
}
