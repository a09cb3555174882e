using System.Globalization;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>The page alone, loaded again and again without a call, from eight hosts at once: <c>script/lab page-loads</c>.</summary>
public sealed class PageLoadTests
{
    // As many as ReachMatrix has at the same time, with IPv6 beside networks that let little out.
    private static readonly Pair[] Pairs =
    [
        new(Access.IPv6Only, Access.UdpBlocked), new(Access.UdpBlocked, Access.IPv6Only), new(Access.SymmetricNat, Access.Only443),
        new(Access.DoubleNat, Access.SymmetricNat),
    ];

    // Between two rounds with new browsers there are some with those that run.
    private const int RoundsOfOneBrowser = 5;

    [Fact(Explicit = true)]
    public async Task A_page_loads_every_time()
    {
        var asked = Environment.GetEnvironmentVariable("CAUSEWAY_LAB_ROUNDS");
        var rounds = string.IsNullOrEmpty(asked) ? 50 : int.Parse(asked, CultureInfo.InvariantCulture);
        await using var lab = await ReachLab.StartAsync(Step.StunOnly);
        var took = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            var times = await lab.OpenAsync(Pairs, anew: round % RoundsOfOneBrowser == 0);
            took.AddRange(times);
            TestContext.Current.SendDiagnosticMessage("round {0}: {1}", round, string.Join(' ', times.Select(Seconds)));
        }

        took.Sort();
        var (half, most, all) = (took[took.Count / 2], took[took.Count * 99 / 100], took[^1]);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{took.Count} pages loaded: half of them within {Seconds(half)}, 99 % within {Seconds(most)}, all within {Seconds(all)}");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");
}
