namespace Causeway.Tests.Support.Running;

/// <summary>Waits for what another thread will do, with nothing to await: a counter that the engine's loops write.</summary>
public static class TestWait
{
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var deadline = Deadline.Token;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition()) await tick.WaitForNextTickAsync(deadline);
    }
}
