namespace Causeway.Lab.Network;

/// <summary>
/// How long a wire delays each packet: anything between <paramref name="Mean"/> − <paramref name="Jitter"/> and <paramref name="Mean"/>
/// + <paramref name="Jitter"/>.
/// </summary>
/// <param name="Mean">The middle, one way.</param>
/// <param name="Jitter">How far from it a packet may be.</param>
public sealed record Delay(TimeSpan Mean, TimeSpan Jitter)
{
    /// <summary>In milliseconds.</summary>
    public static Delay Milliseconds(int mean, int jitter = 0) => new(TimeSpan.FromMilliseconds(mean), TimeSpan.FromMilliseconds(jitter));
}
