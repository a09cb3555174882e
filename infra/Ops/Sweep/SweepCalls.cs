namespace Causeway.Ops.Sweep;

/// <summary>
/// Sends the sweep's requests: a limited number at a time, with a timeout, and retries after a pause if AWS throttles or doesn't respond.
/// </summary>
/// <param name="limit">The timeout of a request.</param>
/// <param name="pace">The limits of retries.</param>
/// <param name="time">The clock of pauses.</param>
/// <param name="random">The jitter of pauses.</param>
internal sealed class SweepCalls(TimeSpan limit, SweepPace pace, TimeProvider time, Random random) : IDisposable
{
    private readonly SemaphoreSlim _atOnce = new(pace.AtOnce);
    private int _count;

    public SweepPace Pace => pace;

    public TimeProvider Time => time;

    /// <summary>Gets the number of requests sent.</summary>
    public int Count => _count;

    /// <summary>Sends a request.</summary>
    /// <param name="right">The permission that it requires, such as <c>ec2:DeleteVpc</c>.</param>
    /// <param name="call">The request.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="RefusedException">The request failed, after all retries.</exception>
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

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="tried">The number of attempts so far, from 1.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public Task PauseAsync(int tried, CancellationToken cancellation) => Task.Delay(pace.Pause(tried, random), time, cancellation);

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
