using System.Diagnostics;

namespace Causeway.Ops.Tests.Running;

/// <summary>Programs that tests start run until the tests end them.</summary>
public sealed class RunningProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_program_outlives_the_thread_that_started_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is a program of other systems.");
        RunningProgram? program = null;
        var starting = new Thread(() => program = RunningProgram.Start("sh", ["-c", "echo started; exec tail -f /dev/null"]));
        starting.Start();
        starting.Join();

        await using (program)
        {
            Assert.Equal("started", await program!.LineWith("start", Patience));
            using var running = Process.GetProcessById(program.Id);
            Assert.False(running.HasExited);
            await program.KillAsync();
            Assert.True(program.HasEnded);
        }
    }

    [Fact]
    public async Task Lines_printed_before_the_end_are_found_and_a_missing_line_is_an_error_with_the_last_lines()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is a program of other systems.");
        await using var program = RunningProgram.Start("sh", ["-c", "echo one; echo two >&2; exit 3"]);
        Assert.Equal(3, await program.EndAsync(Patience));
        Assert.Equal("two", await program.LineWith("two", Patience));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => program.LineWith("three", Patience));
        Assert.StartsWith("sh ended before it printed 'three'; its last lines:\n", failure.Message, StringComparison.Ordinal);
        Assert.Contains("one", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_ignores_a_signal_is_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is a program of other systems.");
        await using var program = RunningProgram.Start("sh", ["-c", "trap '' TERM; echo started; while :; do sleep 0.1; done"]);
        await program.LineWith("started", Patience);
        await program.DisposeAsync();
        Assert.True(program.HasEnded);
    }
}
