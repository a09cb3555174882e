using Causeway.Turn.Client;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Client;

/// <summary>How a client handles challenges (RFC 8489 §9.2.5).</summary>
public class LongTermCredentialTests
{
    private const string Offering = "obMatJos2AAAB";
    private const string NotOffering = "obMatJos2AAAA";
    private readonly LongTermCredential _credential = new(TestRelay.Credentials(), [PasswordAlgorithm.Sha256, PasswordAlgorithm.Md5]);

    [Fact]
    public void A_challenge_that_lost_the_offer_its_nonce_promises_is_not_answered()
    {
        Assert.False(Learn(Offering + "1", offer: null));
        Assert.Null(_credential.Signer);
        Assert.True(Learn(NotOffering + "1", offer: null));
    }

    [Theory]
    [InlineData("00030000", false)]
    [InlineData("0003000000020000", true)]
    [InlineData("0002000400000000", false)]
    [InlineData("00020003000000", false)]
    [InlineData("", false)]
    public void An_offer_of_which_nothing_is_spoken_is_not_answered(string offer, bool isAnswered) =>
        Assert.Equal(isAnswered, Learn(Offering + "1", Convert.FromHexString(offer)));

    [Fact]
    public void The_nonce_that_a_request_was_signed_with_is_worth_no_retry()
    {
        Assert.True(Learn(Offering + "1", PasswordAlgorithm.Offer));

        Assert.False(Learn(Offering + "1", PasswordAlgorithm.Offer, _credential.Signer));
        Assert.True(Learn(Offering + "2", PasswordAlgorithm.Offer, _credential.Signer));
    }

    [Fact]
    public void A_nonce_that_an_overlapping_request_learnt_first_is_worth_a_retry()
    {
        Learn(Offering + "1", PasswordAlgorithm.Offer);
        var both = _credential.Signer;

        Assert.True(Learn(Offering + "2", PasswordAlgorithm.Offer, both));
        Assert.True(Learn(Offering + "2", PasswordAlgorithm.Offer, both));
    }

    [Theory]
    [InlineData("obMatJos2AAAD", "gorst", true)]
    [InlineData("obMatJos2AAAB", "gorst", false)]
    [InlineData("obMatJos2AAAD", "1900000000:gorst", false)]
    public void A_name_is_hidden_where_the_nonce_demands_it_and_a_hash_can_be_found(string cookie, string name, bool isHidden)
    {
        var credential = new LongTermCredential(new(name, "hero"), PasswordAlgorithm.All);
        Assert.True(Learn(cookie + "1", PasswordAlgorithm.Offer, credential: credential));

        var bytes = TurnRequests.Write(StunMethod.Refresh, new(1, 2), static (ref StunWriter _) => { }, credential.Signer);

        Assert.True(StunMessage.TryRead(bytes, out var request));
        Assert.Equal((isHidden, !isHidden), (request.Has(StunAttributeType.Userhash), request.Has(StunAttributeType.Username)));
    }

    [Theory]
    [InlineData(true, "gorst")]
    [InlineData(false, "gorst")]
    [InlineData(true, null)]
    public async Task A_client_allocates_from_a_relay_with_static_users(bool hides, string? name)
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(users: ["gorst:hero"], hideUsernames: hides));

        await using var client = await relay.AllocateAsync(
            relay.ClientOptions() with { Credentials = name is null ? TestRelay.Credentials() : new(name, "hero") });
        await client.RefreshAsync(cancellation: Deadline.Token);
        // The relay's own probe has a time-limited credential.
        await TestWait.UntilAsync(async () => (await relay.Host.ProbeAsync(Deadline.Token)).All(result => result.IsRelayed));
    }

    [Fact]
    public async Task Requests_that_overlap_share_a_nonce_that_went_stale()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await TestRelay.StartAsync(time: time);
        await using var client = await relay.AllocateAsync(
            relay.ClientOptions() with { Credentials = TestRelay.Credentials(lifetime: TimeSpan.FromDays(1)), AutoRefresh = false });
        await client.RefreshAsync(TimeSpan.FromHours(1), Deadline.Token);
        time.Advance(TimeSpan.FromMinutes(59));
        await client.RefreshAsync(TimeSpan.FromHours(1), Deadline.Token);
        time.Advance(TimeSpan.FromMinutes(2));

        // The relay's clock doesn't advance: all get the same new nonce.
        await Task.WhenAll(Enumerable.Range(1, 8).Select(i =>
            client.PermitAsync(TestRelay.Loopback(Turn.Protocol.IpFamily.IPv4) with { Bits = 0x7F000000 + (uint)i }, Deadline.Token)));
    }

    [Fact]
    public async Task Releasing_what_has_ended_already_succeeds()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var client = await relay.AllocateAsync();
        await client.ReleaseAsync(Deadline.Token);

        await client.ReleaseAsync(Deadline.Token);
        Assert.Null(client.Allocation);
    }

    private bool Learn(string nonce, ReadOnlySpan<byte> offer, RequestSigner? used = null, LongTermCredential? credential = null)
    {
        Span<byte> buffer = stackalloc byte[500];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Allocate, new(1, 2));
        writer.AddError(used is null ? StunErrorCode.Unauthenticated : StunErrorCode.StaleNonce);
        writer.Add(StunAttributeType.Realm, "tests.example");
        writer.Add(StunAttributeType.Nonce, nonce);
        if (!offer.IsEmpty) writer.Add(StunAttributeType.PasswordAlgorithms, offer);
        writer.TryFinish(out var length);
        Assert.True(StunMessage.TryRead(buffer[..length], out var response));
        return (credential ?? _credential).TryLearn(response, used);
    }
}
