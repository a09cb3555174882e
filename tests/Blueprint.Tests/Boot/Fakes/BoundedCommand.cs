using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>Ends a command that takes too long, and fails the test with its output.</summary>
internal static class BoundedCommand
{
    /// <param name="command">The command; any exit code is a result.</param>
    /// <param name="longest">Longer than it ever takes on a busy machine.</param>
    /// <exception cref="TimeoutException">The command took longer.</exception>
    public static async Task<BufferedCommandResult> RunAsync(Command command, TimeSpan longest)
    {
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(longest);
        try
        {
            var result = await command
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
                .ExecuteAsync(late.Token);
            return new(result.ExitCode, result.StartTime, result.ExitTime, output.ToString(), errors.ToString());
        }
        catch (OperationCanceledException cause) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"still running after {longest.TotalSeconds:0} s; its output was:\n{output}{errors}", cause);
        }
    }
}
