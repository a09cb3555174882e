using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>Calls over bad networks: <c>script/lab bad-network</c>.</summary>
[Collection(SharedLab.Name)]
public sealed class BadNetworkTests(SharedLab shared)
{
    public static IEnumerable<TheoryDataRow<Pair>> Pairs =>
    [
        new(new Pair(Access.FriendlyNat, Access.FriendlyNat)) { TestDisplayName = "bad: a direct call, every tenth datagram is lost" },
        new(new Pair(Access.SymmetricNat, Access.SymmetricNat)) { TestDisplayName = "bad: a relayed call, every tenth datagram is lost" },
    ];

    [Theory(Explicit = true)]
    [MemberData(nameof(Pairs))]
    public async Task A_bad_network_that_loses_every_tenth_datagram_is_no_obstacle(Pair pair)
    {
        var lab = await shared.WithRelayAsync();
        var result = await lab.CallAsync(pair, impair: host => host.LoseUdp(percent: 10));
        TestContext.Current.TestOutputHelper?.WriteLine($"{pair}, 10 % lost: {result}");
        Assert.True(result.IsConnected, "no connection");
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }

    [Fact(Explicit = true)]
    public async Task A_bad_network_with_300_ms_of_delay_and_loss_is_no_obstacle()
    {
        var lab = await shared.WithRelayAsync();
        await using var call = await lab.BeginAsync(new(Access.SymmetricNat, Access.SymmetricNat), Delay.Milliseconds(150, jitter: 30), lossPercent: 3);
        Assert.StartsWith("relay-", await call.Ada.PathAsync(), StringComparison.Ordinal);
        await Task.WhenAll(call.Ada.SeesAsync(await call.Ada.FramesAsync() + 20), call.Grace.SeesAsync(await call.Grace.FramesAsync() + 20));
    }
}
