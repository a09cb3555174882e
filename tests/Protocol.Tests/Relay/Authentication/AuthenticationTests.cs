using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Authentication;

/// <summary>RFC 8489 §9.2.4, in its order.</summary>
public class AuthenticationTests
{
    private readonly TestRelay _relay = new();

    [Theory]
    [InlineData(StunMethod.Allocate)]
    [InlineData(StunMethod.Refresh)]
    [InlineData(StunMethod.CreatePermission)]
    [InlineData(StunMethod.ChannelBind)]
    public void A_request_without_integrity_is_challenged_with_realm_nonce_and_password_algorithms(StunMethod method)
    {
        var client = _relay.Client();
        client.Signing = Signing.None;

        var answer = client.Request(method);

        answer.AssertError(StunErrorCode.Unauthenticated);
        Assert.Equal(
            [StunAttributeType.ErrorCode, StunAttributeType.Realm, StunAttributeType.Nonce, StunAttributeType.PasswordAlgorithms],
            answer.Types);
        Assert.Equal(Encoding.UTF8.GetBytes(TestRelay.Realm), answer[StunAttributeType.Realm]);
        Assert.Equal([0, 2, 0, 0, 0, 1, 0, 0], answer[StunAttributeType.PasswordAlgorithms]);
        Assert.Equal(
            NonceVerdict.Valid,
            Nonce.Check(
                _relay.Shared.NonceKey, answer[StunAttributeType.Nonce], client.Handle, _relay.Now, _relay.Settings.NonceLifetimeSeconds));
        Assert.Equal(1, _relay.Counters.Errors(StunErrorCode.Unauthenticated));
    }

    [Fact]
    public void A_challenge_echoes_the_fingerprint()
    {
        var client = _relay.Client();
        client.UsesFingerprint = true;

        Assert.Equal(StunAttributeType.Fingerprint, client.Challenge().Types.Last());
    }

    [Theory]
    [InlineData(StunAttributeType.Username)]
    [InlineData(StunAttributeType.Realm)]
    [InlineData(StunAttributeType.Nonce)]
    public void A_signed_request_without_username_realm_or_nonce_is_a_bad_request_and_the_answer_says_nothing_more(StunAttributeType missing)
    {
        var client = _relay.Client();
        client.Challenge();

        var answer = client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            if (missing != StunAttributeType.Username) m.Add(StunAttributeType.Username, client.Credentials.Username);
            if (missing != StunAttributeType.Realm) m.Add(StunAttributeType.Realm, client.Realm);
            if (missing != StunAttributeType.Nonce) m.Add(StunAttributeType.Nonce, client.Nonce);
            m.AddIntegrity(StunIntegrity.Sha1, client.Key);
        }, Signing.None))!;

        answer.AssertError(StunErrorCode.BadRequest);
        Assert.Equal([StunAttributeType.ErrorCode], answer.Types);
    }

    [Fact]
    public void A_user_hash_is_an_invalid_user()
    {
        var client = _relay.Client();
        client.Challenge();

        var answer = client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.Userhash, new byte[32]);
            m.Add(StunAttributeType.Realm, client.Realm);
            m.Add(StunAttributeType.Nonce, client.Nonce);
            m.AddIntegrity(StunIntegrity.Sha256, client.Key);
        }, Signing.None))!;

        answer.AssertError(StunErrorCode.Unauthenticated);
        Assert.Contains(StunAttributeType.Nonce, answer.Types);
    }

    [Theory]
    [InlineData(true, "0002000000010000", true, "00020000", 0)]
    [InlineData(true, "0002000000010000", true, "00010000", 0)]
    [InlineData(true, "0002000000010000", false, "", StunErrorCode.BadRequest)]
    [InlineData(false, "", true, "00020000", StunErrorCode.BadRequest)]
    [InlineData(true, "00010000", true, "00010000", StunErrorCode.BadRequest)]
    [InlineData(true, "0001000000020000", true, "00010000", StunErrorCode.BadRequest)]
    [InlineData(true, "0002000000010000", true, "00030000", StunErrorCode.BadRequest)]
    [InlineData(true, "0002000000010000", true, "0002", StunErrorCode.BadRequest)]
    public void Password_algorithms_are_both_there_and_as_they_were_offered_or_the_request_is_bad(
        bool hasOffered, string offered, bool hasChosen, string chosen, StunErrorCode error)
    {
        var client = _relay.Client();
        client.Challenge();
        client.Signing = chosen == "00020000" ? Signing.Sha256 : Signing.Sha1;

        var answer = client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            m.Add(StunAttributeType.Username, client.Credentials.Username);
            m.Add(StunAttributeType.Realm, client.Realm);
            m.Add(StunAttributeType.Nonce, client.Nonce);
            if (hasChosen) m.Add(StunAttributeType.PasswordAlgorithm, Convert.FromHexString(chosen));
            if (hasOffered) m.Add(StunAttributeType.PasswordAlgorithms, Convert.FromHexString(offered));
            m.AddIntegrity(StunIntegrity.Sha256, client.Key);
        }, Signing.None))!;

        Assert.Equal(error, answer.Error);
        if (error == 0) Assert.True(answer.IsSignedWith(client.Key, sha256: true));
    }

    [Fact]
    public void Sha256_requests_are_answered_with_sha256_integrity()
    {
        var client = _relay.Client();
        client.Signing = Signing.Sha256;

        var answer = client.Allocate();

        answer.AssertSuccess();
        Assert.True(answer.IsSignedWith(client.Key, sha256: true));
        Assert.DoesNotContain(StunAttributeType.MessageIntegrity, answer.Types);
    }

    [Fact]
    public void Sha1_requests_are_answered_with_sha1_integrity()
    {
        var client = _relay.Client();

        var answer = client.Allocate();

        Assert.True(answer.IsSignedWith(client.Key));
        Assert.DoesNotContain(StunAttributeType.MessageIntegritySha256, answer.Types);
    }

    [Fact]
    public void A_wrong_sha256_integrity_is_not_saved_by_a_right_sha1_integrity()
    {
        var client = _relay.Client();
        client.Challenge();

        var answer = client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.Username, client.Credentials.Username);
            m.Add(StunAttributeType.Realm, client.Realm);
            m.Add(StunAttributeType.Nonce, client.Nonce);
            m.AddIntegrity(StunIntegrity.Sha1, client.Key);
            m.AddIntegrity(StunIntegrity.Sha256, new byte[16]);
        }, Signing.None))!;

        answer.AssertError(StunErrorCode.Unauthenticated);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData(":alice")]
    [InlineData("1900000000:al\nice")]
    [InlineData("1900000000:<causeway:bps=1:alice")]
    [InlineData("-5:alice")]
    public void A_username_of_another_form_is_challenged_again(string username)
    {
        var client = _relay.Client();
        client.Credentials = Credentials.Sign(TestRelay.Secret, username);

        var answer = client.Allocate();

        answer.AssertError(StunErrorCode.Unauthenticated);
        Assert.DoesNotContain(StunAttributeType.MessageIntegrity, answer.Types);
    }

    /// <summary>
    /// Servers of XMPP and Matrix mint other names for the relay; each is a separate subject for the quota and for revocation.
    /// </summary>
    [Theory]
    [InlineData("1900000000", "1900000000")]
    [InlineData("1900000000:@a:example.org", "@a:example.org")]
    [InlineData("1900000000:Ada Lovelace", "Ada Lovelace")]
    [InlineData("1900000000:Zoë 学 👩‍🚀", "Zoë 学 👩‍🚀")]
    [InlineData(300, "")]
    [InlineData(497, "")]
    public void A_correctly_signed_name_of_another_program_is_accepted(object username, string subject)
    {
        var relay = new TestRelay(s => s with { Quotas = new() { AllocationsPerSubject = 1 } });
        if (username is int length) subject = new('s', length);
        var name = username as string ?? $"1900000000:{subject}";
        var (client, second) = (relay.Client(), relay.Client("203.0.113.7:40001"));
        client.Credentials = second.Credentials = Credentials.Sign(TestRelay.Secret, name);

        client.Allocate().AssertSuccess();
        Assert.Equal(subject, client.Effects.OfType<AllocationCreated>().Single().Subject);
        client.Permit("192.0.2.1").AssertSuccess();
        second.Allocate().AssertError(StunErrorCode.AllocationQuotaReached);

        relay.Shared.Revoke(subject, 1_900_000_000);
        Assert.Single(relay.Elapse(0).OfType<AllocationEnded>());
        second.Allocate().AssertError(StunErrorCode.Forbidden);
        relay.AssertEmpty();
    }

    /// <summary>
    /// The engine screens a request before it takes the shard's lock: meanwhile the allocation may end, and with it the grace.
    /// </summary>
    [Fact]
    public void A_credential_in_its_grace_is_refused_when_its_allocation_ended_between_screen_and_shard()
    {
        var client = _relay.Client();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + 700);
        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 600)).AssertSuccess();
        client.Refresh(0);
        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 800)).AssertSuccess();
        _relay.PassSeconds(701);
        var request = client.Build(
            StunClass.Request, StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24));
        var buffer = new byte[Packet.BufferLength];
        request.CopyTo(buffer, Packet.Headroom);
        var packet = new Packet(buffer, request.Length);

        var screened = _relay.Shard.Screen(
            client.Handle, packet.Bytes, _relay.Now, new byte[RelayShard.MaxAnswerLength], out var answerLength);
        Assert.Equal((false, 0), (screened.IsSettled, answerLength));
        _relay.PassSeconds(200);
        _relay.Shard.HandleClient(screened, ref packet, _relay.Now);

        var answer = new Answer(_relay.Effects().OfType<SendToClient>().Single().Message.ToArray());
        answer.AssertError(StunErrorCode.Unauthenticated);
        Assert.Equal(1, _relay.Counters.Challenges(ChallengeReason.ExpiredCredential));
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_subject_that_is_revoked_between_screen_and_shard_gets_no_allocation()
    {
        var client = _relay.Client();
        client.Challenge();
        var request = client.Build(
            StunClass.Request, StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24));
        var buffer = new byte[Packet.BufferLength];
        request.CopyTo(buffer, Packet.Headroom);
        var packet = new Packet(buffer, request.Length);

        var screened = _relay.Shard.Screen(client.Handle, packet.Bytes, _relay.Now, new byte[RelayShard.MaxAnswerLength], out _);
        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 1000);
        _relay.Elapse(0);
        _relay.Shard.HandleClient(screened, ref packet, _relay.Now);

        new Answer(_relay.Effects().OfType<SendToClient>().Single().Message.ToArray()).AssertError(StunErrorCode.Forbidden);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_wrong_password_is_challenged_again_with_a_fresh_nonce_and_without_integrity()
    {
        var client = _relay.Client();
        client.Credentials = client.Credentials with { Password = "wrong" };
        client.Challenge();
        _relay.Pass(1);

        var answer = client.Allocate();

        answer.AssertError(StunErrorCode.Unauthenticated);
        Assert.Equal(
            [StunAttributeType.ErrorCode, StunAttributeType.Realm, StunAttributeType.Nonce, StunAttributeType.PasswordAlgorithms],
            answer.Types);
        Assert.NotEqual(client.Nonce, answer[StunAttributeType.Nonce]);
        _relay.AssertEmpty();
    }

    [Fact]
    public void Another_realm_is_a_wrong_password()
    {
        var client = _relay.Client();
        client.Realm = "elsewhere.org";

        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
    }

    [Fact]
    public void Every_secret_of_the_settings_is_accepted_and_no_other()
    {
        var relay = new TestRelay(s => s with { Secrets = ["current", "previous"] });
        var errors = new Dictionary<string, StunErrorCode> { ["current"] = 0, ["previous"] = 0, ["older"] = StunErrorCode.Unauthenticated };
        foreach (var (secret, error) in errors)
        {
            var client = relay.Client($"203.0.113.7:{40000 + secret.Length}", secret);
            client.Credentials = Credentials.Mint(secret, secret, relay.Now.UnixSeconds + 60);

            Assert.Equal(error, client.Allocate().Error);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, StunErrorCode.Unauthenticated)]
    [InlineData(-1, StunErrorCode.Unauthenticated)]
    public void A_credential_creates_allocations_until_the_second_of_its_expiry(int secondsLeft, StunErrorCode error)
    {
        var client = _relay.Client();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + secondsLeft);

        Assert.Equal(error, client.Allocate().Error);
    }

    [Theory]
    [InlineData(3600_000, 0)]
    [InlineData(3600_001, StunErrorCode.StaleNonce)]
    public void A_nonce_serves_for_its_lifetime_and_is_stale_afterwards(long age, StunErrorCode error)
    {
        var client = _relay.Client();
        client.Challenge();
        _relay.Pass(age);

        Assert.Equal(error, client.Allocate().Error);
        Assert.Equal(error == 0 ? 0 : 1, _relay.Counters.Challenges(ChallengeReason.StaleNonce));
    }

    [Fact]
    public void A_stale_nonce_is_answered_with_a_fresh_one_under_integrity_which_then_serves()
    {
        var client = _relay.Client();
        client.Challenge();
        _relay.PassSeconds(3601);

        var answer = client.Allocate();

        answer.AssertError(StunErrorCode.StaleNonce);
        Assert.Equal(
            [
                StunAttributeType.ErrorCode, StunAttributeType.Realm, StunAttributeType.Nonce, StunAttributeType.PasswordAlgorithms,
                StunAttributeType.MessageIntegrity,
            ],
            answer.Types);
        Assert.True(answer.IsSignedWith(client.Key));
        client.Nonce = answer[StunAttributeType.Nonce];
        client.Allocate().AssertSuccess();
    }

    [Fact]
    public void Another_clients_nonce_is_as_good_as_a_stale_one_and_counted_apart()
    {
        var other = _relay.Client("203.0.113.8:40000");
        other.Challenge();
        var client = _relay.Client();
        client.Nonce = other.Nonce;

        client.Allocate().AssertError(StunErrorCode.StaleNonce);
        Assert.Equal(
            (1, 0), (_relay.Counters.Challenges(ChallengeReason.ForgedNonce), _relay.Counters.Challenges(ChallengeReason.StaleNonce)));
    }

    [Fact]
    public void A_wrong_password_with_a_stale_nonce_is_a_wrong_password()
    {
        var client = _relay.Client();
        client.Challenge();
        client.Credentials = client.Credentials with { Password = "wrong" };
        _relay.PassSeconds(3601);

        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
    }

    [Theory]
    [InlineData("right")]
    [InlineData("wrong")]
    public void An_invented_nonce_is_answered_before_the_signature_is_looked_at(string password)
    {
        var client = _relay.Client();
        client.Nonce = new byte[Nonce.Length];
        if (password == "wrong") client.Credentials = new("nobody", "nothing");

        var answer = client.Allocate();

        answer.AssertError(StunErrorCode.StaleNonce);
        Assert.Equal(
            [StunAttributeType.ErrorCode, StunAttributeType.Realm, StunAttributeType.Nonce, StunAttributeType.PasswordAlgorithms],
            answer.Types);
        client.Nonce = answer[StunAttributeType.Nonce];
        Assert.Equal(password == "wrong" ? StunErrorCode.Unauthenticated : 0, client.Allocate().Error);
    }

    [Fact]
    public void Challenges_are_counted_by_reason()
    {
        var client = _relay.Client();
        client.Challenge();
        Counted(ChallengeReason.Unsigned);
        var right = client.Credentials;

        client.Credentials = right with { Username = "alice" };
        client.Allocate();
        Counted(ChallengeReason.Unsigned, ChallengeReason.UnknownUsername);

        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds);
        client.Allocate();
        Counted(ChallengeReason.Unsigned, ChallengeReason.UnknownUsername, ChallengeReason.ExpiredCredential);

        client.Credentials = right with { Password = "wrong" };
        client.Allocate();
        Counted(
            ChallengeReason.Unsigned, ChallengeReason.UnknownUsername, ChallengeReason.ExpiredCredential, ChallengeReason.WrongSignature);

        void Counted(params ChallengeReason[] once)
        {
            foreach (var reason in Enum.GetValues<ChallengeReason>())
                Assert.Equal((reason, once.Contains(reason) ? 1L : 0), (reason, _relay.Counters.Challenges(reason)));
        }
    }

    [Fact]
    public void Unknown_attributes_are_refused_after_the_credentials_are_checked_and_under_integrity()
    {
        var client = _relay.Client();
        void Odd(ref StunWriter m) => m.Add(StunAttributeType.Priority, 0);

        client.Signing = Signing.None;
        client.Allocate(Odd).AssertError(StunErrorCode.Unauthenticated);

        client.Signing = Signing.Sha1;
        var answer = client.Allocate(Odd);
        answer.AssertError(StunErrorCode.UnknownAttribute);
        Assert.Equal([0x00, 0x24], answer[StunAttributeType.UnknownAttributes]);
        Assert.True(answer.IsSignedWith(client.Key));
    }

    [Fact]
    public void Attributes_that_may_be_ignored_are_ignored()
    {
        _relay.Client().Allocate((ref StunWriter m) => m.Add((StunAttributeType)0xC057, 0)).AssertSuccess();
    }

    [Fact]
    public void A_later_request_is_checked_with_the_key_that_the_allocation_keeps()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();

        client.Refresh().AssertSuccess();
        client.Credentials = client.Credentials with { Password = "wrong" };
        client.Refresh().AssertError(StunErrorCode.Unauthenticated);
    }

    [Fact]
    public void The_same_credential_may_change_its_password_algorithm()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();

        client.Signing = Signing.Sha256;
        var answer = client.Refresh();

        answer.AssertSuccess();
        Assert.True(answer.IsSignedWith(client.Key, sha256: true));
    }

    [Theory]
    [InlineData(StunMethod.Refresh)]
    [InlineData(StunMethod.CreatePermission)]
    [InlineData(StunMethod.ChannelBind)]
    public void Requests_without_an_allocation_are_mismatched(StunMethod method)
    {
        var answer = _relay.Client().Request(method);

        answer.AssertError(StunErrorCode.AllocationMismatch);
    }

    [Theory]
    [InlineData(StunMethod.Refresh)]
    [InlineData(StunMethod.CreatePermission)]
    [InlineData(StunMethod.ChannelBind)]
    public void Requests_of_another_user_are_refused_and_signed_for_that_user(StunMethod method)
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "mallory", _relay.Now.UnixSeconds + 86_400);

        var answer = client.Request(method);

        answer.AssertError(StunErrorCode.WrongCredentials);
        Assert.True(answer.IsSignedWith(client.Key));
    }

    [Fact]
    public void A_renewed_credential_of_the_same_subject_is_another_user_to_an_allocation()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + 90_000);

        client.Refresh().AssertError(StunErrorCode.WrongCredentials);
    }
}
