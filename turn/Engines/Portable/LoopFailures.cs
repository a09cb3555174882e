namespace Causeway.Turn.Engines.Portable;

/// <summary>Keeps a failing loop from using a whole processor and filling the log.</summary>
internal struct LoopFailures(PortableEngine engine)
{
    // A few failures in a row come from single packets; more of them come from the system, which needs time.
    private const int Tolerated = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private int _inARow;

    public void None() => _inARow = 0;

    public readonly void Report(string where, Exception failure) => engine.ReportUnexpected(where, failure);

    public ValueTask PauseAsync() => ++_inARow < Tolerated ? ValueTask.CompletedTask : new(Task.Delay(Pause));
}
