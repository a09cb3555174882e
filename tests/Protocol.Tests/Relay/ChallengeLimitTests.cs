using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

/// <summary>Answers to requests that nobody signed rightly are bounded for each place that they come from.</summary>
public class ChallengeLimitTests
{
    private const int PerSecond = 2;
    private const int Burst = PerSecond * ChallengeLimits.BurstSeconds;

    private readonly TestRelay _relay = new(s => s with { MaxChallengesPerSecond = PerSecond }, shards: 2);

    [Fact]
    public void Beyond_a_burst_a_place_is_answered_at_the_rate_alone_and_the_rest_is_counted()
    {
        Assert.Equal(Burst, Answered(Burst + 7));
        Assert.Equal(7, _relay.Counters.Drops(DropReason.ChallengeLimit));
        Assert.Equal(Burst, _relay.Counters.Challenges(ChallengeReason.Unsigned));

        _relay.Pass(499);
        Assert.Equal(0, Answered(1));
        _relay.Pass(1);
        Assert.Equal(1, Answered(2));
        _relay.PassSeconds(3);
        Assert.Equal(3 * PerSecond, Answered(100));

        _relay.PassSeconds(1_000_000);
        Assert.Equal(Burst, Answered(Burst + 1));
    }

    [Theory]
    [InlineData("203.0.113.7:40000", "203.0.113.7:1", true)]
    [InlineData("203.0.113.7:40000", "203.0.113.8:40000", false)]
    [InlineData("[2001:db8:7:1::1]:40000", "[2001:db8:7:1:ffff::9]:1", true)]
    [InlineData("[2001:db8:7:1::1]:40000", "[2001:db8:7:2::1]:40000", false)]
    public void A_place_is_an_IPv4_address_or_64_bits_of_IPv6_at_any_port_and_on_any_shard(string first, string second, bool one)
    {
        Answered(Burst, first);

        Assert.Equal(one ? 0 : 1, Answered(1, second, shard: 1));
    }

    [Fact]
    public void Who_invents_senders_of_datagrams_takes_nothing_from_their_connections()
    {
        Assert.Equal(Burst, Answered(Burst + 1));

        Assert.Equal(1, Answered(1, transport: ClientTransport.Tcp));
        Assert.Equal(Burst - 1, Answered(Burst, transport: ClientTransport.Tls));
    }

    [Fact]
    public void Who_has_a_nonce_and_a_credential_goes_on()
    {
        var client = _relay.Client();
        var waiting = _relay.Client("203.0.113.7:40001", "bob");
        client.Allocate().AssertSuccess();
        waiting.Challenge();
        Answered(Burst);

        waiting.Allocate().AssertSuccess();
        client.Permit("192.0.2.1").AssertSuccess();
        client.Refresh(600).AssertSuccess();
        client.Refresh(0).AssertSuccess();

        // A nonce that grew old is answered too: the signature was right.
        _relay.PassSeconds(3590);
        Answered(1000);
        _relay.Pass(10_001);
        waiting.Request(StunMethod.Allocate).AssertError(StunErrorCode.StaleNonce);
    }

    [Fact]
    public void Binding_is_not_bounded()
    {
        Answered(Burst);
        var client = _relay.Client();
        client.Signing = Signing.None;

        client.Request(StunMethod.Binding).AssertSuccess();
    }

    [Fact]
    public void Everything_that_nobody_signed_rightly_counts()
    {
        var client = _relay.Client();
        Answered(Burst - 4);
        Assert.NotNull(client.Challenge());
        var nonce = client.Nonce;
        client.Credentials = Credentials.Mint("another secret", "alice", _relay.Now.UnixSeconds + 60);
        Assert.Equal(StunErrorCode.Unauthenticated, client.TryRequest(StunMethod.Allocate)?.Error);
        client.Nonce = new byte[Nonce.Length];
        Assert.Equal(StunErrorCode.StaleNonce, client.TryRequest(StunMethod.Allocate)?.Error);
        client.Nonce = nonce;
        var halfSigned = client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) => m.AddMessageIntegrity(client.Key), Signing.None);
        Assert.Equal(StunErrorCode.BadRequest, client.SendRequest(halfSigned)?.Error);

        Assert.Null(client.SendRequest(halfSigned));
        Assert.Null(client.TryRequest(StunMethod.Allocate));
        Assert.Equal(0, Answered(1));
        Assert.Equal(3, _relay.Counters.Drops(DropReason.ChallengeLimit));
    }

    /// <summary>Seven calls of two transports each for everybody of a full room, all in one moment.</summary>
    [Theory]
    [InlineData(ClientTransport.Udp)]
    [InlineData(ClientTransport.Tls)]
    public void Five_hundred_people_behind_one_address_are_all_answered_by_the_default(ClientTransport transport)
    {
        var relay = new TestRelay();

        Assert.Equal(500 * 7 * 2, Answered(relay, 500 * 7 * 2, "203.0.113.7:40000", 0, transport));
    }

    [Fact]
    public void Shards_on_threads_of_their_own_give_no_more_than_a_burst()
    {
        var limits = new ChallengeLimits(1000, new byte[ChallengeLimits.KeyLength]);
        var client = _relay.Client().Handle;
        var taken = 0;

        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 1000 * ChallengeLimits.BurstSeconds; i++)
            {
                if (limits.TryTake(client, new(5, 0))) Interlocked.Increment(ref taken);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(1000 * ChallengeLimits.BurstSeconds, taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_000_000)]
    [InlineData(int.MaxValue)]
    public void Any_rate_gives_a_burst_first_whenever_the_clock_began(int perSecond)
    {
        foreach (var began in new[] { -5_000_000L, 0, 5_000_000_000 })
        {
            var limits = new ChallengeLimits(perSecond, new byte[ChallengeLimits.KeyLength]);
            var most = int.Min(perSecond, 10) * ChallengeLimits.BurstSeconds;

            for (var i = 0; i < most; i++) Assert.True(limits.TryTake(_relay.Client().Handle, new(began, 0)));
            if (perSecond < 10) Assert.False(limits.TryTake(_relay.Client().Handle, new(began, 0)));
        }
    }

    private int Answered(int requests, string from = "203.0.113.7:40000", int shard = 0, ClientTransport transport = ClientTransport.Udp) =>
        Answered(_relay, requests, from, shard, transport);

    private static int Answered(TestRelay relay, int requests, string from, int shard, ClientTransport transport)
    {
        var client = relay.Client(from, shard: shard, transport: transport);
        client.Signing = Signing.None;
        return Enumerable.Range(0, requests).Count(_ => client.TryRequest(StunMethod.Allocate) is { Error: StunErrorCode.Unauthenticated });
    }
}
