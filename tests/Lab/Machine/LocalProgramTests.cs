namespace Causeway.Lab.Machine;

public sealed class LocalProgramTests
{
    [Fact]
    public async Task A_program_outlives_the_thread_that_asked_for_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sh is a program of other systems.");
        using var kill = new CancellationTokenSource();
        var said = new TaskCompletionSource<string>();
        CliWrap.CommandTask<CliWrap.CommandResult>? program = null;
        var asking = new Thread(() => program = LocalProgram.Start("sh", ["-c", "echo started; exec tail -f /dev/null"], line => said.TrySetResult(line), null, kill.Token));
        asking.Start();
        asking.Join();

        Assert.Equal("started", await said.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        using (var running = System.Diagnostics.Process.GetProcessById(program!.ProcessId)) Assert.False(running.HasExited);
        await kill.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => program.Task);
    }
}
