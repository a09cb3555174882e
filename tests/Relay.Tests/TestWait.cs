namespace Causeway.Relay.Tests;

/// <summary>Waits for what another thread will do, with nothing to await: a counter that the engine's loops write.</summary>
internal static class TestWait
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        var deadline = Deadline.Token;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition()) await tick.WaitForNextTickAsync(deadline);
    }
}
