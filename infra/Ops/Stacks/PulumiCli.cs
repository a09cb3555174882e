using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Ops.Stacks;

/// <summary>Pulumi's command line, as it stands on PATH.</summary>
internal sealed class PulumiCli(DirectoryInfo project)
{
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
            var result = await Cli.Wrap("pulumi")
                .WithArguments([.. arguments, "--non-interactive"])
                .WithWorkingDirectory(project.FullName)
                .WithStandardInputPipe(PipeSource.FromString(input))
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(cancellation);
            return result.IsSuccess
                ? result.StandardOutput
                : throw new OpsException($"pulumi {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.StandardError.Trim()}");
        }
        catch (Win32Exception missing)
        {
            throw new OpsException("there is no 'pulumi' on PATH; install it from https://www.pulumi.com/docs/install/", cause: missing);
        }
    }
}
