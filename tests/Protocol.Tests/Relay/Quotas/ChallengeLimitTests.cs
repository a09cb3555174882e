using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Quotas;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Quotas;

/// <summary>The limits by source on work for clients without an allocation.</summary>
public class ChallengeLimitTests
{
    private const int PerSecond = 2;
    private const int Burst = PerSecond * SourceLimits.BurstSeconds;

    private readonly TestRelay _relay = new(s => s with { Quotas = new() { ChallengesPerAddress = PerSecond } }, shards: 2);

    [Fact]
    public void Beyond_a_burst_a_source_is_answered_at_the_rate_alone_and_the_rest_is_counted()
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
    public void A_source_is_an_IPv4_address_or_64_bits_of_IPv6_at_any_port_and_on_any_shard(string first, string second, bool one)
    {
        Answered(Burst, first);

        Assert.Equal(one ? 0 : 1, Answered(1, second, shard: 1));
    }

    [Fact]
    public void Spoofed_datagrams_do_not_use_up_the_rate_of_the_senders_connections()
    {
        Assert.Equal(Burst, Answered(Burst + 1));

        Assert.Equal(1, Answered(1, transport: ClientTransport.Tcp));
        Assert.Equal(Burst - 1, Answered(Burst, transport: ClientTransport.Tls));
    }

    [Fact]
    public void A_client_with_a_nonce_and_a_credential_goes_on()
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

        // A stale nonce is answered too: the signature is correct.
        _relay.PassSeconds(3590);
        Answered(1000);
        _relay.Pass(10_001);
        waiting.Request(StunMethod.Allocate).AssertError(StunErrorCode.StaleNonce);
    }

    [Fact]
    public void Everything_that_an_invented_sender_could_have_sent_counts()
    {
        var client = _relay.Client();
        Answered(Burst - 3);
        Assert.NotNull(client.Challenge());
        var nonce = client.Nonce;
        client.Nonce = new byte[Nonce.Length];
        Assert.Equal(StunErrorCode.StaleNonce, client.TryRequest(StunMethod.Allocate)?.Error);
        client.Nonce = nonce;
        var halfSigned = client.Build(
            StunClass.Request, StunMethod.Allocate, (ref StunWriter m) => m.AddIntegrity(StunIntegrity.Sha1, client.Key), Signing.None);
        Assert.Equal(StunErrorCode.BadRequest, client.SendRequest(halfSigned)?.Error);

        Assert.Null(client.SendRequest(halfSigned));
        client.Nonce = new byte[Nonce.Length];
        Assert.Null(client.TryRequest(StunMethod.Allocate));
        Assert.Equal(0, Answered(1));
        Assert.Equal(3, _relay.Counters.Drops(DropReason.ChallengeLimit));
    }

    /// <summary>A spoofed sender has no nonce, so guessing passwords uses up only the guesser's own rate.</summary>
    [Fact]
    public void Guessing_passwords_costs_no_more_key_derivations_than_the_limit()
    {
        var relay = new TestRelay(
            s => s with { Secrets = [TestRelay.Secret, "the one before"], Quotas = new() { ChallengesPerAddress = PerSecond } });
        var (calling, guessing, neighbour) = (
            relay.Client(), relay.Client("203.0.113.7:40001", "mallory"), relay.Client("203.0.113.8:40000", "bob"));
        calling.Allocate().AssertSuccess();
        guessing.Credentials = Credentials.Mint("a guess", "mallory", relay.Now.UnixSeconds + 60);
        guessing.Challenge();
        var before = relay.Counters.KeyDerivations;

        var answered = Enumerable.Range(0, 10 * Burst).Count(
            _ => guessing.TryRequest(StunMethod.Allocate) is { Error: StunErrorCode.Unauthenticated });

        // The ongoing call took one.
        Assert.Equal(Burst - 1, answered);
        Assert.Equal(2 * (Burst - 1), relay.Counters.KeyDerivations - before);
        Assert.Equal(10 * Burst - (Burst - 1), relay.Counters.Drops(DropReason.CredentialLimit));
        calling.Permit("192.0.2.1").AssertSuccess();
        calling.Refresh(600).AssertSuccess();
        neighbour.Allocate().AssertSuccess();

        relay.PassSeconds(1);
        Assert.Equal(PerSecond, Enumerable.Range(0, 10).Count(_ => guessing.TryRequest(StunMethod.Allocate) is not null));
    }

    [Theory]
    [InlineData("1800000001")]
    [InlineData("nobody")]
    public void Names_that_are_not_valid_or_expired_count_as_guesses(string username)
    {
        var client = _relay.Client();
        client.Challenge();
        client.Credentials = new(username, "password");
        _relay.PassSeconds(10);

        Assert.Equal(
            Burst,
            Enumerable.Range(0, 2 * Burst).Count(_ => client.TryRequest(StunMethod.Allocate) is { Error: StunErrorCode.Unauthenticated }));
        Assert.Equal(0, _relay.Counters.KeyDerivations);
    }

    /// <summary>A neighbour of the relay in the same IPv6 network must not make its probe fail.</summary>
    [Fact]
    public void The_relays_own_probe_is_answered_whatever_others_have_used_up()
    {
        var probe = _relay.Client("203.0.113.7:50000");
        Answered(Burst);
        Assert.Null(probe.SendRequest(probe.Build(StunClass.Request, StunMethod.Allocate, null, Signing.None)));

        _relay.Settings.Probes.Add(probe.Handle.Transport, probe.Handle.Address);

        probe.Allocate().AssertSuccess();
        for (var i = 0; i < Burst + 1; i++) Assert.NotNull(probe.TryRequest(StunMethod.Binding));

        // Reloaded settings contain no probe.
        _relay.Shared.Reload(_relay.Settings with { Probes = new(), Quotas = new() { ChallengesPerAddress = 1 } });
        for (var i = 0; i < Burst + 1; i++) Assert.NotNull(probe.TryRequest(StunMethod.Binding));
    }

    /// <summary>A client with a credential but no allocation is limited like one without a credential.</summary>
    [Fact]
    public void A_right_signature_without_an_allocation_is_checked_up_to_the_limit()
    {
        var client = _relay.Client();

        var answered = Enumerable.Range(0, 2 * Burst)
            .Count(_ => client.TryRequest(StunMethod.Refresh) is { Error: StunErrorCode.AllocationMismatch });
        Assert.Equal(Burst, answered);
        Assert.Equal(Burst, _relay.Counters.KeyDerivations);
    }

    [Fact]
    public void Binding_is_bounded_as_challenges_are_and_counts_apart()
    {
        var client = _relay.Client();
        client.Signing = Signing.None;

        Assert.Equal(Burst, Enumerable.Range(0, Burst + 7).Count(_ => client.TryRequest(StunMethod.Binding) is { Error: 0 }));
        Assert.Equal(7, _relay.Counters.Drops(DropReason.BindingLimit));
        Assert.Null(client.TryRequest(StunMethod.Binding, (ref StunWriter m) => m.Add((StunAttributeType)0x7F00, 0)));

        Assert.Equal(Burst, Answered(Burst + 1));
        _relay.Pass(500);
        Assert.NotNull(client.TryRequest(StunMethod.Binding));
        Assert.Null(client.TryRequest(StunMethod.Binding));
    }

    /// <summary>A site's prefix has hundreds or thousands of networks of 64 bits to send from.</summary>
    [Theory]
    [InlineData(56, 2)]
    [InlineData(48, 4)]
    public void The_networks_of_a_site_share_a_multiple_of_the_rate(int prefix, int times)
    {
        // Each network of 64 bits, and for 48 bits also each of 56, stays within its own rate.
        string Network(int i) => prefix == 56 ? $"[2001:db8:7:1{i:x2}::1]:1" : $"[2001:db8:7:{i:x2}00::1]:1";

        var answered = Enumerable.Range(0, times + 3).Sum(i => Answered(Burst, Network(i)));

        Assert.Equal(times * Burst, answered);
        Assert.Equal(1, Answered(1, "[2001:db8:8::1]:1"));
    }

    [Fact]
    public void The_tables_have_one_size_whatever_comes()
    {
        var limits = new SourceLimits(500, new byte[SourceLimits.KeyLength]);

        for (var i = 0; i < 100_000; i++)
            limits.TryTake(new(ClientTransport.Udp, 1, new(new(IpFamily.IPv6, (UInt128)i << 64), 1)), new(1, 0));

        Assert.Equal(3 * 128 * 1024, limits.Size);
    }

    /// <summary>Seven calls over two transports for each member of a full room, all at once.</summary>
    [Theory]
    [InlineData(ClientTransport.Udp)]
    [InlineData(ClientTransport.Tls)]
    public void Five_hundred_people_behind_one_address_are_all_answered_by_the_default(ClientTransport transport)
    {
        var relay = new TestRelay();

        Assert.Equal(500 * 7 * 2, Answered(relay, 500 * 7 * 2, "203.0.113.7:40000", 0, transport));
    }

    [Fact]
    public void Shards_on_several_threads_allow_one_burst_together()
    {
        var limits = new SourceLimits(1000, new byte[SourceLimits.KeyLength]);
        var client = _relay.Client().Handle;
        var taken = 0;

        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 1000 * SourceLimits.BurstSeconds; i++)
            {
                if (limits.TryTake(client, new(5, 0))) Interlocked.Increment(ref taken);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(1000 * SourceLimits.BurstSeconds, taken);
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
            var limits = new SourceLimits(perSecond, new byte[SourceLimits.KeyLength]);
            var most = int.Min(perSecond, 10) * SourceLimits.BurstSeconds;

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
