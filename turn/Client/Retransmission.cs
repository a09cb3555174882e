namespace Causeway.Turn.Client;

/// <summary>Retransmission of requests over UDP (RFC 8489 §6.2.1). Over streams only <see cref="Timeout"/> applies (§6.2.3).</summary>
public sealed record Retransmission
{
    /// <summary>The RFC's values: 7 sends at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, and a time-out after 39.5 s.</summary>
    public static Retransmission Default { get; } = new();

    /// <summary>Gets RTO, the time until the first retransmission; it doubles each time. Defaults to 500 ms.</summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets Rc, the number of sends. Defaults to 7.</summary>
    public int Count { get; init; } = 7;

    /// <summary>Gets Rm: the wait after the last send, as a multiple of <see cref="Initial"/>. Defaults to 16.</summary>
    public int LastFactor { get; init; } = 16;

    /// <summary>The wait after a send; sends are counted from 0.</summary>
    public TimeSpan Wait(int send) => send == Count - 1 ? Initial * LastFactor : Initial * (1L << Math.Min(send, 30));

    /// <summary>The sum of all waits; for streams Ti of RFC 8489 §6.2.3.</summary>
    public TimeSpan Timeout
    {
        get
        {
            var sum = TimeSpan.Zero;
            for (var send = 0; send < Count; send++) sum += Wait(send);
            return sum;
        }
    }
}
