namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The bytes that wait in all send queues together. Each queue may take a quarter of what is still free, so the budget is never used up by
/// some: the more
/// queues are long, the shorter each of them may be, and a client that reads finds room (the dynamic thresholds of Choudhury and Hahne).
/// </summary>
/// <param name="total">Bytes that may wait in all.</param>
internal sealed class SendBudget(long total)
{
    private const int ShareOfFree = 4;

    private long _total = total;
    private long _used;

    /// <summary>Bytes that may wait in all.</summary>
    public long Total
    {
        get => Volatile.Read(ref _total);
        set => Volatile.Write(ref _total, value);
    }

    /// <summary>Bytes that wait in all queues.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Bytes that one queue may hold now.</summary>
    public long Share => Math.Max(0, Total - Used) / ShareOfFree;

    public void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
