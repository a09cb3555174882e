using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>Calls over bad networks: <c>script/lab loses</c>.</summary>
public sealed class LossTests
{
    [Fact(Explicit = true)]
    public async Task A_relayed_call_goes_on_while_one_side_loses_every_tenth_datagram()
    {
        await using var lab = await ReachLab.StartAsync(Step.Relay);
        var pair = new Pair(Access.SymmetricNat, Access.SymmetricNat);
        var result = await lab.CallAsync(pair, impair: host => host.LoseUdp(percent: 10));
        TestContext.Current.TestOutputHelper?.WriteLine($"{pair}, 10 % lost: {result}");
        Assert.True(result.IsConnected, "no connection");
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }
}
