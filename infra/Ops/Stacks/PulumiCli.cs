using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Ops.Stacks;

/// <summary>Pulumi's command line, as it stands on PATH.</summary>
internal sealed class PulumiCli(DirectoryInfo project)
{
    // An update of Pulumi that is interrupted ends what it has begun with AWS.
    private static readonly TimeSpan Heed = TimeSpan.FromSeconds(15);

    /// <summary>Whether it is on PATH.</summary>
    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "pulumi.exe" : "pulumi")));

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The command line. Never a secret: others see it in the list of processes.</param>
    /// <param name="input">What it reads from standard input; secrets go here.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="OpsException">It is not installed, or ended with an error, which is passed on.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        try
        {
            var result = await Pulumi(arguments)
                .WithStandardInputPipe(PipeSource.FromString(input))
                .ExecuteBufferedAsync(cancellation);
            return result.IsSuccess
                ? result.StandardOutput
                : throw new OpsException($"pulumi {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.StandardError.Trim()}");
        }
        catch (Win32Exception missing)
        {
            throw NotInstalled(missing);
        }
    }

    /// <summary>Runs it to its end, and passes on each line that it prints. Given up, it is interrupted as by Ctrl-C, and ended when it does not heed that.</summary>
    /// <param name="arguments">The command line. Never a secret: others see it in the list of processes.</param>
    /// <param name="line">Takes a line.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OpsException">It is not installed, or ended with an error.</exception>
    public async Task StreamAsync(IReadOnlyList<string> arguments, Action<string> line, CancellationToken cancellation)
    {
        using var forced = new CancellationTokenSource();
        await using var late = cancellation.Register(() => forced.CancelAfter(Heed));
        try
        {
            var result = await Pulumi(arguments)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(line))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(line))
                .ExecuteAsync(forced.Token, cancellation);
            if (!result.IsSuccess) throw new OpsException($"pulumi {string.Join(' ', arguments)} ended with {result.ExitCode}");
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

    private static OpsException NotInstalled(Win32Exception missing) =>
        new("there is no 'pulumi' on PATH; install it from https://www.pulumi.com/docs/install/", cause: missing);
}
