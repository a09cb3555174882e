using System.Text;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Relay.Users;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Authentication;

/// <summary>Static users and USERHASH (RFC 8489 §9.2, §14.4), beside time-limited credentials.</summary>
public class StaticUsersTests
{
    private readonly TestRelay _relay = new(s => s with { Users = Users("gorst:hero", "ada:lovelace"), HideUsernames = true });

    public static TheoryData<string, bool> Ways => new()
    {
        { nameof(Signing.Sha1), false },
        { nameof(Signing.Sha1), true },
        { nameof(Signing.Sha256), false },
        { nameof(Signing.Sha256), true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_user_allocates_by_name_and_by_hash(string signing, bool hides)
    {
        var client = User("gorst", "hero");
        (client.Signing, client.HidesUsername) = (Enum.Parse<Signing>(signing), hides);

        var answer = client.Allocate();

        answer.AssertSuccess();
        Assert.True(answer.IsSignedWith(client.Key, client.Signing == Signing.Sha256));
        Assert.Equal("gorst", client.Effects.OfType<AllocationCreated>().Single().Subject);
    }

    [Fact]
    public void Name_and_hash_are_the_same_user_to_an_allocation()
    {
        var client = User("gorst", "hero");
        client.HidesUsername = true;
        client.Allocate().AssertSuccess();

        client.HidesUsername = false;
        client.Refresh().AssertSuccess();
        client.HidesUsername = true;
        client.Permit("192.0.2.1").AssertSuccess();
        client.Credentials = new("ada", "lovelace");
        client.Refresh().AssertError(StunErrorCode.WrongCredentials);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_wrong_password_and_a_wrong_name_are_answered_alike(string signing, bool hides)
    {
        var answers = new[] { ("gorst", "wrong"), ("nobody", "hero"), ("1900000000:gorst", "hero") }.Select(wrong =>
        {
            var client = User(wrong.Item1, wrong.Item2);
            (client.Signing, client.HidesUsername) = (Enum.Parse<Signing>(signing), hides);
            return client.Allocate();
        }).ToList();

        Assert.All(answers, answer =>
        {
            answer.AssertError(StunErrorCode.Unauthenticated);
            Assert.Equal(answers[0].Types, answer.Types);
            Assert.DoesNotContain(StunAttributeType.MessageIntegrity, answer.Types);
        });
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_signature_with_the_key_that_unknown_names_are_checked_with_is_refused()
    {
        var client = User("nobody", "hero");
        client.Challenge();

        var answer = client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            m.Add(StunAttributeType.Username, "nobody");
            m.Add(StunAttributeType.Realm, client.Realm);
            m.Add(StunAttributeType.Nonce, client.Nonce);
            m.AddIntegrity(StunIntegrity.Sha1, new byte[PasswordAlgorithm.MaxKeyLength]);
        }, Signing.None))!;

        answer.AssertError(StunErrorCode.Unauthenticated);
        Assert.Equal(1, _relay.Counters.Challenges(ChallengeReason.UnknownUsername));
    }

    [Fact]
    public void Time_limited_credentials_are_accepted_beside_static_users()
    {
        _relay.Client().Allocate().AssertSuccess();
    }

    [Fact]
    public void The_name_of_a_time_limited_credential_is_not_found_by_its_hash()
    {
        var client = _relay.Client();
        client.HidesUsername = true;

        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
        Assert.Equal(1, _relay.Counters.Challenges(ChallengeReason.UnknownUsername));
    }

    [Theory]
    [InlineData(true, true, "AAAD")]
    [InlineData(true, false, "AAAB")]
    [InlineData(false, true, "AAAB")]
    public void A_nonce_announces_username_anonymity_where_it_is_wished_and_there_are_users(bool hasUsers, bool hides, string features)
    {
        var relay = new TestRelay(s => s with { Users = hasUsers ? Users("gorst:hero") : StaticUsers.None, HideUsernames = hides });
        var client = relay.Client();

        client.Challenge();

        Assert.StartsWith("obMatJos2" + features, Encoding.ASCII.GetString(client.Nonce!), StringComparison.Ordinal);
        client.Allocate().AssertSuccess();
    }

    /// <summary>Otherwise an attacker could clear the bit of a challenge, and read the name (RFC 8489 §9.2.1).</summary>
    [Fact]
    public void A_nonce_whose_announcement_was_changed_on_the_way_is_forged()
    {
        var client = User("gorst", "hero");
        client.Challenge();
        client.Nonce![12] = (byte)'B';

        client.Allocate().AssertError(StunErrorCode.StaleNonce);
        Assert.Equal(1, _relay.Counters.Challenges(ChallengeReason.ForgedNonce));
    }

    [Fact]
    public void A_user_with_the_key_of_md5_alone_is_served_by_md5_alone_and_counted_otherwise()
    {
        var key = Convert.ToHexStringLower(PasswordAlgorithm.Md5.Key("gorst", TestRelay.Realm, "hero"));
        var relay = new TestRelay(s => s with { Users = Users($"gorst:0x{key}") });
        var client = relay.Client();
        client.Credentials = new("gorst", "hero");

        client.Signing = Signing.Sha256;
        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
        Assert.Equal(1, relay.Counters.Challenges(ChallengeReason.MissingKey));
        client.Signing = Signing.Sha1;
        client.Allocate().AssertSuccess();
    }

    [Fact]
    public void A_static_user_never_expires()
    {
        var client = User("gorst", "hero");
        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 3600)).AssertSuccess();
        for (var hour = 0; hour < 1000; hour++)
        {
            _relay.PassSeconds(3599);
            if (client.Refresh(3600).Error == StunErrorCode.StaleNonce) client.Challenge();
            var answer = client.Refresh(3600);
            answer.AssertSuccess();
            Assert.Equal([0, 0, 0x0E, 0x10], answer[StunAttributeType.Lifetime]);
        }
    }

    [Fact]
    public void Quotas_and_revocation_are_those_of_the_name()
    {
        var relay = new TestRelay(s => s with { Users = Users("gorst:hero"), Quotas = new() { AllocationsPerSubject = 1 } });
        var (client, second) = (relay.Client(), relay.Client("203.0.113.7:40001"));
        client.Credentials = second.Credentials = new("gorst", "hero");
        client.Allocate().AssertSuccess();
        second.Allocate().AssertError(StunErrorCode.AllocationQuotaReached);

        relay.Shared.Revoke("gorst", relay.Now.UnixSeconds + 60);
        Assert.Equal(AllocationEnd.Revoked, Assert.Single(relay.Elapse(0).OfType<AllocationEnded>()).Reason);
        second.Allocate().AssertError(StunErrorCode.Forbidden);
        relay.PassSeconds(60);
        second.Allocate().AssertSuccess();
    }

    [Fact]
    public void A_removed_user_and_one_with_another_password_lose_their_allocations_and_others_do_not()
    {
        var (removed, changed, kept, limited) = (User("gorst", "hero"), User("ada", "lovelace"), User("ada", "lovelace"), _relay.Client());
        foreach (var client in new[] { removed, limited }) client.Allocate().AssertSuccess();

        Reload("ada:lovelace");
        Assert.Equal("gorst", Assert.Single(_relay.Elapse(0).OfType<AllocationEnded>()).Subject);
        removed.Nonce = null;
        removed.Allocate().AssertError(StunErrorCode.Unauthenticated);
        changed.Allocate().AssertSuccess();

        Reload("ada:lovelace");
        Assert.Empty(_relay.Elapse(0).OfType<AllocationEnded>());
        changed.Refresh().AssertSuccess();

        Reload("ada:byron");
        Assert.Equal("ada", Assert.Single(_relay.Elapse(0).OfType<AllocationEnded>()).Subject);
        kept.Allocate().AssertError(StunErrorCode.Unauthenticated);
        limited.Refresh().AssertSuccess();
    }

    /// <summary>The engine screens a request before it takes the shard's lock: meanwhile the settings may change.</summary>
    [Fact]
    public void A_user_who_is_removed_between_screen_and_shard_gets_no_allocation()
    {
        var client = User("gorst", "hero");
        client.Challenge();
        var request = client.Build(
            StunClass.Request, StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24));
        var buffer = new byte[Packet.BufferLength];
        request.CopyTo(buffer, Packet.Headroom);
        var packet = new Packet(buffer, request.Length);

        var screened = _relay.Shard.Screen(client.Handle, packet.Bytes, _relay.Now, new byte[RelayShard.MaxAnswerLength], out _);
        Assert.False(screened.IsSettled);
        Reload("ada:lovelace");
        _relay.Shard.HandleClient(screened, ref packet, _relay.Now);

        var answer = new Answer(_relay.Effects().OfType<SendToClient>().Single().Message.ToArray());
        answer.AssertError(StunErrorCode.Unauthenticated);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_user_who_is_removed_while_a_socket_opens_gets_no_allocation()
    {
        _relay.OpensAtOnce = false;
        var client = User("gorst", "hero");
        client.Challenge();
        Assert.Null(client.TryRequest(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24)));

        Reload("ada:lovelace");
        _relay.Opened(_relay.Pending.Single());

        var sent = _relay.Effects().OfType<SendToClient>().Single();
        new Answer(sent.Message.ToArray()).AssertError(StunErrorCode.Forbidden);
        _relay.AssertEmpty();
    }

    [Fact]
    public void Guessing_passwords_of_static_users_is_limited_as_any_guessing_is()
    {
        var relay = new TestRelay(s => s with { Users = Users("gorst:hero"), Quotas = new() { ChallengesPerAddress = 1 } });
        var client = relay.Client();
        client.Credentials = new("gorst", "wrong");
        client.Challenge();

        var answered = Enumerable.Range(0, 100).Count(_ => client.TryRequest(StunMethod.Allocate) is not null);

        Assert.Equal(20, answered);
        Assert.Equal(80, relay.Counters.Drops(DropReason.CredentialLimit));
    }

    private TestClient User(string name, string password)
    {
        var client = _relay.Client($"203.0.113.7:{_nextPort++}");
        client.Credentials = new(name, password);
        return client;
    }

    private int _nextPort = 41_000;

    private void Reload(params string[] users) => _relay.Shared.Reload(_relay.Settings with { Users = Users(users), HideUsernames = true });

    private static StaticUsers Users(params string[] texts) => new(
        texts.Select(text =>
        {
            Assert.Null(StaticUser.TryRead(text, TestRelay.Realm, out var user));
            return user!;
        }),
        TestRelay.Realm);
}
