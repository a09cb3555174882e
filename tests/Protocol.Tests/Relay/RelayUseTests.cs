using System.Buffers.Binary;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

/// <summary>RELAY-USE in a Binding request: the operator's query of a relay's use.</summary>
public class RelayUseTests
{
    private readonly ProbeClients _probes = new();
    private readonly TestRelay _relay;

    public RelayUseTests() => _relay = new(settings => settings with { Probes = _probes });

    [Theory, InlineData(Signing.Sha1), InlineData(Signing.Sha256)]
    internal void The_operator_learns_the_relayed_addresses_of_clients(Signing signing)
    {
        var asking = Operator();
        asking.Signing = signing;
        var (single, dual) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));

        Assert.Equal(new(0, 0), Use(asking));
        single.Allocate();
        dual.AllocateDual();
        Assert.Equal(new(3, 0), Use(asking));
        single.Refresh(0);
        dual.Refresh(0);
        Assert.Equal(new(0, 0), Use(asking));
    }

    [Fact]
    public void Payload_counts_both_ways_and_over_all_shards_until_its_allocation_ends()
    {
        var relay = new TestRelay(shards: 2);
        var (first, second) = (relay.Client("203.0.113.7:1"), relay.Client("203.0.113.7:2", shard: 1));
        foreach (var client in new[] { first, second })
        {
            client.Allocate();
            client.Permit("192.0.2.1");
            client.SendTo("192.0.2.1:9", "12345"u8);
        }
        relay.FromPeer(first.Allocation, TransportAddress.Parse("192.0.2.1:9"), "123"u8);
        // From a stranger without permission.
        relay.FromPeer(first.Allocation, TransportAddress.Parse("192.0.2.2:9"), "1234567"u8);

        var asking = relay.Client("203.0.113.99:9", Credentials.OperatorSubject);
        Assert.Equal(new(2, 13), Use(asking));
        second.Refresh(0);
        Assert.Equal(new(1, 8), Use(asking));
    }

    [Fact]
    public void Checks_of_unused_paths_are_not_payload_of_a_call()
    {
        var client = _relay.Client("203.0.113.7:1");
        client.Allocate();
        client.Permit("192.0.2.1");
        var buffer = new byte[100];
        foreach (var kind in new[] { StunClass.Request, StunClass.SuccessResponse, StunClass.ErrorResponse, StunClass.Indication })
        {
            Assert.True(new StunWriter(buffer, kind, StunMethod.Binding, default).TryFinish(out var length));
            client.SendTo("192.0.2.1:9", buffer.AsSpan(0, length));
            _relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.1:9"), buffer.AsSpan(0, length).ToArray());
        }
        Assert.Equal(new(1, 0), Use(Operator()));

        // DTLS, RTP, and payload too short for STUN (RFC 7983 §7).
        client.SendTo("192.0.2.1:9", [20, .. new byte[49]]);
        client.SendTo("192.0.2.1:9", [128, .. new byte[19]]);
        _relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.1:9"), new byte[19]);
        Assert.Equal(new(1, 89), Use(Operator()));
    }

    [Fact]
    public void The_answer_is_signed_and_has_the_reflexive_address_too()
    {
        var asking = Operator();
        asking.UsesFingerprint = true;
        Assert.Equal(
            [
                StunAttributeType.XorMappedAddress, StunAttributeType.RelayUse, StunAttributeType.MessageIntegrity,
                StunAttributeType.Fingerprint,
            ],
            Ask(asking).Types.Where(type => type != StunAttributeType.Software));
    }

    [Fact]
    public void The_relays_own_probes_are_not_among_them()
    {
        var probe = _relay.Client("203.0.113.7:1");
        _probes.Add(ClientTransport.Udp, probe.Handle.Address);
        probe.Allocate();
        var self = probe.Relayed[0];
        probe.Permit(self.Ip.ToString());
        probe.SendTo(self.ToString(), "12345"u8);
        Assert.Equal(new(0, 0), Use(Operator()));
    }

    [Fact]
    public void A_relay_that_drains_answers()
    {
        _relay.Client("203.0.113.7:1").Allocate();
        _relay.Shard.Drain();
        Assert.Equal(1, Use(Operator()).Addresses);
    }

    [Fact]
    public void A_client_is_refused()
    {
        var answer = Ask(_relay.Client());
        Assert.Equal(StunErrorCode.Forbidden, answer.Error);
        Assert.DoesNotContain(StunAttributeType.RelayUse, answer.Types);
    }

    [Fact]
    public void A_stranger_is_challenged_and_counts_against_the_bound_of_challenges()
    {
        var relay = new TestRelay(settings => settings with { Quotas = new() { ChallengesPerAddress = 1 } });
        var stranger = relay.Client();
        stranger.Signing = Signing.None;

        Assert.Equal(StunErrorCode.Unauthenticated, Ask(stranger).Error);
        var answers = 0;
        while (stranger.TryRequest(StunMethod.Binding, Question) is not null) Assert.True(++answers < 1000);
    }

    [Fact]
    public void RELAY_USE_after_the_signature_is_ignored()
    {
        var asking = Operator();
        asking.Challenge();
        var request = asking.Build(StunClass.Request, StunMethod.Binding);
        byte[] appended = [.. request, 0xC0, 0xC5, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(appended.AsSpan(2), (ushort)(appended.Length - 20));

        Assert.DoesNotContain(StunAttributeType.RelayUse, asking.SendRequest(appended)!.Types);
    }

    private TestClient Operator() => _relay.Client("203.0.113.99:9", Credentials.OperatorSubject);

    private static Answer Ask(TestClient client) => client.Request(StunMethod.Binding, Question);

    private static void Question(ref StunWriter message) => message.Add(StunAttributeType.RelayUse, []);

    private static RelayUse Use(TestClient client)
    {
        Assert.True(RelayUse.TryRead(Ask(client)[StunAttributeType.RelayUse], out var use));
        return use;
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000100000000000000")]
    [InlineData("00000001000000000000000000")]
    [InlineData("800000000000000000000000")]
    [InlineData("000000018000000000000000")]
    public void A_value_of_another_form_is_none(string value) => Assert.False(RelayUse.TryRead(Convert.FromHexString(value), out _));
}
