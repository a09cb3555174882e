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

    private bool Learn(string nonce, ReadOnlySpan<byte> offer, RequestSigner? used = null)
    {
        Span<byte> buffer = stackalloc byte[500];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Allocate, new(1, 2));
        writer.AddError(used is null ? StunErrorCode.Unauthenticated : StunErrorCode.StaleNonce);
        writer.Add(StunAttributeType.Realm, "tests.example");
        writer.Add(StunAttributeType.Nonce, nonce);
        if (!offer.IsEmpty) writer.Add(StunAttributeType.PasswordAlgorithms, offer);
        writer.TryFinish(out var length);
        Assert.True(StunMessage.TryRead(buffer[..length], out var response));
        return _credential.TryLearn(response, used);
    }
}
