using System.Collections.Concurrent;
using Causeway.Blueprint.Settings;
using Causeway.Ops.Account;
using Causeway.Ops.Sweep;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>A sweep of the tests' account over HTTP, with a clock that never waits.</summary>
internal sealed class Sweeping : IDisposable
{
    private readonly AwsSession _session;
    private readonly SweepCalls _calls;

    private Sweeping(AwsSession session, SweepOrder order, SweepPace pace, int seed)
    {
        _session = session;
        _calls = new(TimeSpan.FromMinutes(2), pace, Time, new Random(seed));
        Sweep = new(session, _calls, order, line => Told.Enqueue(line));
    }

    /// <summary>A day on which the tests' stacks have expired.</summary>
    public static DateOnly Today { get; } = new(2027, 1, 15);

    public ImmediateTime Time { get; } = new(new(2027, 1, 15, 3, 0, 0, TimeSpan.Zero));

    public ConcurrentQueue<string> Told { get; } = new();

    public AccountSweep Sweep { get; }

    public static async Task<Sweeping> In(
        AwsCloud cloud, string? stack = null, string? domain = null, SweepPace? pace = null, int seed = 1, params string[] regions)
    {
        var provider = new ProviderSettings(new Dictionary<string, object>
        {
            ["accessKey"] = cloud.Server.User.AccessKeyId,
            ["secretKey"] = cloud.Server.User.SecretAccessKey,
        });
        if (regions.Length == 0) regions = ["eu-central-1"];
        var session = await AwsSession.OpenAsync(
            provider,
            regions[0],
            TimeSpan.FromMinutes(2),
            TestContext.Current.CancellationToken,
            retries: 0,
            endpoint: new(cloud.Server.Address));
        // Every pause of every resource advances the clock, so the limit is far away.
        return new(session, new(regions, stack, Today, _ => domain), pace ?? new() { Longest = TimeSpan.FromDays(1) }, seed);
    }

    /// <summary>Looks, and removes what it found.</summary>
    public async Task<SweepView> RemoveAsync(CancellationToken? cancellation = null)
    {
        var end = cancellation ?? TestContext.Current.CancellationToken;
        await Sweep.LookAsync(end);
        return await Sweep.RemoveAsync(destroy: null, end);
    }

    public Task<SweepView> LookAsync() => Sweep.LookAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }
}
