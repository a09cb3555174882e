namespace Causeway.Ops.Sweep;

/// <summary>
/// Requests of the sweep: a bounded number at a time, each with a bounded time, sent again after a pause while AWS says that there are too
/// many or does not answer.
/// </summary>
/// <param name="limit">How long one request may take.</param>
/// <param name="pace">How often, and how long.</param>
/// <param name="time">The clock of pauses.</param>
/// <param name="random">The jitter of pauses.</param>
internal sealed class SweepCalls(TimeSpan limit, SweepPace pace, TimeProvider time, Random random) : IDisposable
{
    private readonly SemaphoreSlim _atOnce = new(pace.AtOnce);
    private int _count;

    /// <summary>How often, and how long.</summary>
    public SweepPace Pace => pace;

    /// <summary>The clock of pauses.</summary>
    public TimeProvider Time => time;

    /// <summary>How many requests were sent.</summary>
    public int Count => _count;

    /// <summary>Sends a request.</summary>
    /// <param name="right">The right that it takes, as <c>ec2:DeleteVpc</c>.</param>
    /// <param name="call">The request.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RefusedException">It was refused, or it was sent as often as the pace allows.</exception>
    public async Task<T> AskAsync<T>(string right, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await OnceAsync(call, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested && RefusedException.Of(failure, right) is not null)
            {
                var refused = RefusedException.Of(failure, right)!;
                if (refused.Kind != RefusalKind.Passing || tried >= pace.Requests) throw refused;
            }
            await PauseAsync(tried, cancellation);
        }
    }

    /// <summary>Waits before the next try.</summary>
    /// <param name="tried">How often it was tried, from 1.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task PauseAsync(int tried, CancellationToken cancellation) => Task.Delay(pace.Pause(tried, random), time, cancellation);

    /// <inheritdoc />
    public void Dispose() => _atOnce.Dispose();

    private async Task<T> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        await _atOnce.WaitAsync(cancellation);
        try
        {
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            bounded.CancelAfter(limit);
            Interlocked.Increment(ref _count);
            return await call(bounded.Token);
        }
        finally
        {
            _atOnce.Release();
        }
    }
}
