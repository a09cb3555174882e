using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

public class BindingTests
{
    // RFC 8489 §5, §14.2: 203.0.113.7 port 40000 = cb007107 9c40; combined with 2112a442: ea12d545 bd52.
    [Fact]
    public void Binding_is_answered_with_the_reflexive_address_and_nothing_else()
    {
        var relay = new TestRelay();
        var client = relay.Client();
        client.Signing = Signing.None;

        client.Request(StunMethod.Binding);

        var sent = Assert.IsType<SendToClient>(Assert.Single(client.Effects));
        Assert.Equal(client.Handle, sent.Client);
        Assert.Equal(
            Convert.FromHexString("0101000c2112a4420102030405060708" + "00000001" + "00200008" + "0001bd52ea12d545"),
            sent.Message.ToArray());
        Assert.Equal(1, relay.Counters.Successes(StunMethod.Binding));
    }

    [Fact]
    public void Binding_over_IPv6_is_answered_with_the_reflexive_address()
    {
        var client = new TestRelay().Client("[2001:db8:7::1]:40000");
        client.Signing = Signing.None;

        Assert.Equal([client.Handle.Address], client.Request(StunMethod.Binding).Addresses(StunAttributeType.XorMappedAddress));
    }

    [Fact]
    public void Binding_with_a_fingerprint_is_answered_with_a_fingerprint()
    {
        var client = new TestRelay().Client();
        (client.Signing, client.UsesFingerprint) = (Signing.None, true);

        Assert.Equal([StunAttributeType.XorMappedAddress, StunAttributeType.Fingerprint], client.Request(StunMethod.Binding).Types);
    }

    [Fact]
    public void Binding_needs_no_credentials_and_ignores_them()
    {
        var client = new TestRelay().Client();
        client.Nonce = [1];
        client.Credentials = new("nobody", "nothing");

        Assert.Equal([StunAttributeType.XorMappedAddress], client.Request(StunMethod.Binding).Types);
    }

    [Fact]
    public void Authenticated_clients_receive_the_software_and_strangers_do_not()
    {
        var client = new TestRelay(s => s with { Software = "Causeway 1.2.3" }).Client();

        Assert.DoesNotContain(StunAttributeType.Software, client.Challenge().Types);
        Assert.Equal("Causeway 1.2.3"u8.ToArray(), client.Allocate()[StunAttributeType.Software]);
        client.Signing = Signing.None;
        Assert.DoesNotContain(StunAttributeType.Software, client.Request(StunMethod.Binding).Types);
    }

    /// <summary>The sender of a datagram may be spoofed: the response must not be worth reflecting (RFC 8656 §21.1.1).</summary>
    [Theory]
    [InlineData(StunMethod.Binding, 44)]
    [InlineData(StunMethod.Allocate, 128)]
    [InlineData(StunMethod.Refresh, 128)]
    [InlineData(StunMethod.CreatePermission, 128)]
    [InlineData(StunMethod.ChannelBind, 128)]
    public void A_stranger_is_answered_with_one_short_message(StunMethod method, int longest)
    {
        var client = new TestRelay(s => s with { Software = new('x', 127) }).Client("[2001:db8:7::1]:40000");
        client.Signing = Signing.None;

        var answer = client.Request(method);

        Assert.Single(client.Effects);
        Assert.InRange(answer.Bytes.Length, 20, longest);
    }

    [Fact]
    public void Binding_with_unknown_attributes_is_refused_with_their_list()
    {
        var client = new TestRelay().Client();
        client.Signing = Signing.None;

        var answer = client.Request(StunMethod.Binding, (ref StunWriter m) =>
        {
            m.Add((StunAttributeType)0x0003, 0);
            m.Add((StunAttributeType)0x8FFF, 0);
            m.Add((StunAttributeType)0x7FFF, 0);
        });

        answer.AssertError(StunErrorCode.UnknownAttribute);
        Assert.Equal([0x00, 0x03, 0x7F, 0xFF], answer[StunAttributeType.UnknownAttributes]);

        // The worst case for the owner of a spoofed address.
        answer = client.Request(StunMethod.Binding, (ref StunWriter m) => m.Add((StunAttributeType)0x7FFF, []));
        Assert.Equal((24, 56), (client.LastRequest.Length, answer.Bytes.Length));
    }

    /// <summary>
    /// As many as fit into the longest request. The response is never longer than the request, so a spoofed request amplifies nothing.
    /// </summary>
    [Theory]
    [InlineData(17, StunMethod.Binding)]
    [InlineData(17, StunMethod.Allocate)]
    [InlineData(2043, StunMethod.Binding)]
    [InlineData(1900, StunMethod.Allocate)]
    public void All_unknown_attributes_are_listed(int count, StunMethod method)
    {
        var relay = new TestRelay(s => s with { Realm = new('r', 127) });
        var client = relay.Client();
        client.Realm = relay.Settings.Realm;
        if (method == StunMethod.Binding) client.Signing = Signing.None;
        ushort[] unknown = [.. Enumerable.Range(0, count).Select(i => (ushort)(0x7FFF - i))];

        var answer = client.Request(method, (ref StunWriter m) =>
        {
            foreach (var type in unknown) m.Add((StunAttributeType)type, []);
        });

        answer.AssertError(StunErrorCode.UnknownAttribute);
        Assert.Equal(unknown.SelectMany(type => new[] { (byte)(type >> 8), (byte)type }), answer[StunAttributeType.UnknownAttributes]);
        Assert.True(method == StunMethod.Binding || answer.IsSignedWith(client.Key));
        Assert.InRange(answer.Bytes.Length, 0, client.LastRequest.Length);
    }

    /// <summary>Clients keep a NAT's binding alive by Binding indications (RFC 8489 §2.3, RFC 8445 §11).</summary>
    [Fact]
    public void Binding_indications_are_counted_as_keepalives_and_not_as_drops()
    {
        var relay = new TestRelay();
        var client = relay.Client();

        for (var i = 0; i < 3; i++)
            Assert.Null(client.SendRequest(client.Build(StunClass.Indication, StunMethod.Binding, null, Signing.None)));
        client.UsesFingerprint = true;
        Assert.Null(client.SendRequest(client.Build(StunClass.Indication, StunMethod.Binding, null, Signing.None)));

        Assert.Equal((4, 4), (relay.Counters.Keepalives, relay.Counters.FromClients.Packets));
        Assert.All(Enum.GetValues<DropReason>(), reason => Assert.Equal((reason, 0), (reason, relay.Counters.Drops(reason))));
    }

    [Fact]
    public void A_Binding_indication_that_is_not_understood_is_dropped()
    {
        var relay = new TestRelay();
        var client = relay.Client();

        foreach (var type in new[] { (StunAttributeType)0x7F00, StunAttributeType.Fingerprint })
        {
            var indication = client.Build(StunClass.Indication, StunMethod.Binding, (ref StunWriter m) => m.Add(type, 1), Signing.None);
            Assert.Null(client.SendRequest(indication));
        }

        var (keepalives, counters) = (relay.Counters.Keepalives, relay.Counters);
        Assert.Equal((0, 1, 1), (keepalives, counters.Drops(DropReason.UnknownAttribute), counters.Drops(DropReason.WrongFingerprint)));
    }
}
