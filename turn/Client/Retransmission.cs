namespace Causeway.Turn.Client;

/// <summary>How a request over UDP is repeated until it is answered (RFC 8489 §6.2.1). Over streams only <see cref="Timeout"/> counts (§6.2.3).</summary>
public sealed record Retransmission
{
    /// <summary>The RFC's values: 7 sends at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, given up after 39.5 s.</summary>
    public static Retransmission Default { get; } = new();

    /// <summary>RTO: the time until the first retransmission; it doubles each time.</summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Rc: how often a request is sent.</summary>
    public int Count { get; init; } = 7;

    /// <summary>Rm: how many times <see cref="Initial"/> the last send is waited for.</summary>
    public int LastFactor { get; init; } = 16;

    /// <summary>How long to wait after the send with this number, counted from 0.</summary>
    public TimeSpan Wait(int send) => send == Count - 1 ? Initial * LastFactor : Initial * (1L << Math.Min(send, 30));

    /// <summary>When a request is given up: the sum of all waits. Ti of RFC 8489 §6.2.3 for streams.</summary>
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
