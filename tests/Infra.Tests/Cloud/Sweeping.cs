using Causeway.Blueprint.Settings;
using Causeway.Ops.Account;
using Causeway.Ops.Sweep;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>A sweep of the tests' account over HTTP, with a clock on which nothing waits.</summary>
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

    /// <summary>The day of the tests: stacks of the spread have expired on it.</summary>
    public static DateOnly Today { get; } = new(2027, 1, 15);

    /// <summary>The clock.</summary>
    public ImmediateTime Time { get; } = new(new(2027, 1, 15, 3, 0, 0, TimeSpan.Zero));

    /// <summary>What was reported.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Told { get; } = new();

    /// <summary>The sweep.</summary>
    public AccountSweep Sweep { get; }

    /// <summary>Begins one.</summary>
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
            provider, regions[0], TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken, retries: 0,
                endpoint: new(cloud.Server.Address));
        // The clock runs ahead with every pause of every resource, so its end is a number of tries here.
        return new(session, new(regions, stack, Today, _ => domain), pace ?? new() { Longest = TimeSpan.FromDays(1) }, seed);
    }

    /// <summary>Looks, and removes what was found.</summary>
    public async Task<SweepView> RemoveAsync(CancellationToken? cancellation = null)
    {
        var end = cancellation ?? TestContext.Current.CancellationToken;
        await Sweep.LookAsync(end);
        return await Sweep.RemoveAsync(destroy: null, end);
    }

    /// <summary>Looks alone.</summary>
    public Task<SweepView> LookAsync() => Sweep.LookAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }
}
