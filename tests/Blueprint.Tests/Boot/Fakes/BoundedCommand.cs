using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>A command that is ended when it takes too long, and then fails the test with everything that it had printed.</summary>
internal static class BoundedCommand
{
    /// <param name="command">What to run; any exit code is a result.</param>
    /// <param name="longest">How long it may take: only what hangs takes longer, on a busy machine too.</param>
    /// <exception cref="TimeoutException">It was ended.</exception>
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
            throw new TimeoutException($"still running after {longest.TotalSeconds:0} s, and ended; it had printed:\n{output}{errors}",
                cause);
        }
    }
}
