using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>The path of a call breaks in its middle, and the call goes on by another one: <c>script/lab broken-path</c>.</summary>
[Collection(SharedLab.Name)]
public sealed class BrokenPathTests(SharedLab shared)
{
    [Fact]
    public async Task A_relayed_call_goes_on_over_TCP_when_UDP_is_blocked()
    {
        await using var call = await (await shared.WithRelayAsync()).BeginAsync(new(Access.SymmetricNat, Access.SymmetricNat));
        Assert.StartsWith("relay-", await call.Ada.PathAsync(), StringComparison.Ordinal);
        // TLS goes over TCP too, and on a busy machine its allocation may come first.
        await GoesOnAsync(call, "UDP is blocked under a relayed call", Firewall.NoUdp, "relay-tcp", "relay-tls");
    }

    [Fact(Explicit = true)]
    public async Task A_direct_call_goes_on_over_TCP_when_UDP_is_blocked()
    {
        await using var call = await (await shared.WithRelayAsync()).BeginAsync(new(Access.FriendlyNat, Access.FriendlyNat));
        await call.Ada.TakesAsync("direct");
        await GoesOnAsync(call, "UDP is blocked under a direct call", Firewall.NoUdp, "relay-tcp");
    }

    [Fact(Explicit = true)]
    public async Task A_call_goes_on_over_TLS_when_all_but_443_is_blocked()
    {
        await using var call = await (await shared.WithRelayAsync()).BeginAsync(new(Access.UdpBlocked, Access.UdpBlocked));
        await call.Ada.TakesAsync("relay-tcp");
        await GoesOnAsync(call, "all but 443/TCP is blocked under a call over TCP", Firewall.Only443, "relay-tls");
    }

    public static TheoryData<Access, Access> Moves => new()
    {
        { Access.FriendlyNat, Access.SymmetricNat },
        { Access.SymmetricNat, Access.FriendlyNat },
        { Access.FriendlyNat, Access.Only443 },
        { Access.FriendlyNat, Access.IPv6Only },
    };

    [Theory(Explicit = true)]
    [MemberData(nameof(Moves))]
    public async Task A_call_goes_on_when_somebody_changes_networks(Access from, Access to)
    {
        var lab = await shared.WithRelayAsync();
        var next = lab.AnotherSite(to);
        await using var call = await lab.BeginAsync(new(from, Access.FriendlyNat));
        try
        {
            Report($"from {from} to {to}", await call.GetsOverAsync(() => next.Receive(call.Adas.Host)));
        }
        finally
        {
            call.Adas.Site.Receive(call.Adas.Host);
        }
    }

    [Theory(Explicit = true)]
    [InlineData(5, false)]
    [InlineData(20, false)]
    [InlineData(45, false)]
    // Longer than signalling waits for a client: two pings of 20 s, and 30 s to resume a session.
    [InlineData(100, true)]
    public async Task A_call_goes_on_when_a_network_is_away_for_a_while(int seconds, bool comesAgain)
    {
        await using var call = await (await shared.WithRelayAsync()).BeginAsync(new(Access.SymmetricNat, Access.FriendlyNat));
        IDisposable? away = null;
        var freeze = await call.GetsOverAsync(() => away = call.Adas.Site.CutOff(), async () =>
        {
            // How long the network is away is what the scenario is about.
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            away!.Dispose();
        }, comesAgain);
        Report($"a network is away for {seconds} s", freeze);
    }

    private static async Task GoesOnAsync(OngoingCall call, string what, Firewall blocks, params string[] paths)
    {
        IDisposable? blocked = null;
        try
        {
            Report(what, await call.GetsOverAsync(() => blocked = call.Adas.Site.Tighten(blocks)));
            await call.Ada.TakesAsync(paths);
        }
        finally
        {
            // The network is another call's next.
            blocked?.Dispose();
        }
    }

    private static void Report(string what, TimeSpan freeze) =>
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant($"{what}: the picture froze for {freeze.TotalSeconds:F1} s"));
}
