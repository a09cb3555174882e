namespace Causeway.Turn.Engines.Portable;

/// <summary>Keeps a loop that fails again and again from burning a processor and filling a log.</summary>
internal struct LoopFailures(PortableEngine engine)
{
    // A few failures in a row are one packet's matter; more of them are the system's, which wants time.
    private const int Tolerated = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private int _inARow;

    public void None() => _inARow = 0;

    public readonly void Tell(string where, Exception failure) => engine.TellUnexpected(where, failure);

    public ValueTask PauseAsync() => ++_inARow < Tolerated ? ValueTask.CompletedTask : new(Task.Delay(Pause));
}
