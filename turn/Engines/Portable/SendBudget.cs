namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The bytes in all send queues together. Each queue may take a quarter of what is free, so no queues can use up the budget: the more long
/// queues there are, the shorter each may be, and a client that reads always finds room (dynamic thresholds, Choudhury and Hahne).
/// </summary>
/// <param name="total">The limit in bytes.</param>
internal sealed class SendBudget(long total)
{
    private const int ShareOfFree = 4;

    private long _total = total;
    private long _used;

    /// <summary>The limit in bytes.</summary>
    public long Total
    {
        get => Volatile.Read(ref _total);
        set => Volatile.Write(ref _total, value);
    }

    /// <summary>The bytes in all queues.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The bytes that one queue may hold now.</summary>
    public long Share => Math.Max(0, Total - Used) / ShareOfFree;

    public void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
