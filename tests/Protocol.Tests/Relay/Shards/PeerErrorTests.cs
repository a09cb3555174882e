using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>ICMP errors for datagrams to peers: RFC 8656 §11.5.</summary>
public class PeerErrorTests
{
    private const int Burst = 20;
    private const string Peer = "192.0.2.1:9000";
    private static readonly TransportAddress PeerAddress = TransportAddress.Parse(Peer);
    private static readonly IcmpError PortUnreachable = new(3, 3, 0);
    private readonly TestRelay _relay = new(shards: 2);
    private readonly TestClient _client;

    public PeerErrorTests()
    {
        _client = _relay.Client();
        _client.AllocateDual();
    }

    // Laid out by hand: Data indication (0x0017), XOR-PEER-ADDRESS of 192.0.2.1:9000, ICMP; no DATA.
    [Fact]
    public void A_client_is_told_by_a_Data_indication_without_data()
    {
        _client.Permit("192.0.2.1");

        var told = _relay.PeerError(_client.Allocation, PeerAddress, PortUnreachable)!;

        Assert.Equal(
            "0017" + "0018" + "2112a442" + Convert.ToHexStringLower(told.Bytes[8..20])
            + "00120008" + "0001023ae112a643" + "80040008" + "0000060300000000",
            Convert.ToHexStringLower(told.Bytes));
        Assert.Equal(1, _relay.Counters.PeerErrors(PeerErrorOutcome.Reported));
    }

    [Fact]
    public void A_channels_peer_is_told_in_the_same_form()
    {
        _client.Bind(0x4000, Peer);

        var told = _relay.PeerError(_client.Allocation, PeerAddress, PortUnreachable)!;

        Assert.Equal([StunAttributeType.XorPeerAddress, StunAttributeType.Icmp], told.Types);
    }

    [Theory]
    [InlineData("192.0.2.1:9000", 3, 4, 1280, 1280)]
    [InlineData("192.0.2.1:9000", 3, 3, 1280, 0)]
    [InlineData("192.0.2.1:9000", 11, 0, 1280, 0)]
    [InlineData("[2001:db8::1]:9000", 2, 0, 1280, 1280)]
    [InlineData("[2001:db8::1]:9000", 1, 4, 1280, 0)]
    [InlineData("[2001:db8::1]:9000", 3, 0, 1280, 0)]
    public void The_MTU_is_told_where_a_packet_was_too_big_and_nowhere_else(string peer, byte type, byte code, uint data, uint told)
    {
        var address = TransportAddress.Parse(peer);
        _client.Permit(address.Ip.ToString());

        var answer = _relay.PeerError(_client.Allocation, address, new(type, code, data))!;

        Assert.True(IcmpError.TryRead(answer[StunAttributeType.Icmp], out var error));
        Assert.Equal(new IcmpError(type, code, told), error);
        Assert.Equal([address], answer.Addresses(StunAttributeType.XorPeerAddress));
    }

    [Theory]
    [InlineData("192.0.2.1:9000", 1)] // not assigned
    [InlineData("192.0.2.1:9000", 4)] // source quench
    [InlineData("192.0.2.1:9000", 5)] // redirect
    [InlineData("192.0.2.1:9000", 12)] // parameter problem
    [InlineData("[2001:db8::1]:9000", 4)] // parameter problem
    [InlineData("[2001:db8::1]:9000", 11)]
    public void Other_types_are_dropped(string peer, byte type)
    {
        var address = TransportAddress.Parse(peer);
        _client.Permit(address.Ip.ToString());

        Dropped(PeerErrorOutcome.OtherType, _client.Allocation, address, new(type, 0, 0));
    }

    [Fact]
    public void Errors_of_peers_without_a_permission_and_of_no_allocation_are_dropped()
    {
        _client.Permit("192.0.2.1");

        Dropped(PeerErrorOutcome.NoPermission, _client.Allocation, TransportAddress.Parse("192.0.2.2:9000"), PortUnreachable);
        Dropped(PeerErrorOutcome.NoAllocation, _client.Allocation with { Generation = 7 }, PeerAddress, PortUnreachable);
        _relay.Elapse(300_000);
        Dropped(PeerErrorOutcome.NoPermission, _client.Allocation, PeerAddress, PortUnreachable);
        _client.Refresh(0).AssertSuccess();
        Dropped(PeerErrorOutcome.NoAllocation, _client.Allocation, PeerAddress, PortUnreachable);
    }

    [Fact]
    public void What_ends_between_the_screen_and_the_shard_is_dropped()
    {
        _client.Permit("192.0.2.1");
        Assert.True(_relay.Shard.ScreenPeerError(_client.Allocation, PeerAddress, PortUnreachable, _relay.Now));
        _client.Refresh(0).AssertSuccess();

        _relay.Shard.HandlePeerError(_client.Allocation, PeerAddress, PortUnreachable, _relay.Now);

        Assert.Empty(_relay.Effects());
        Assert.Equal(1, _relay.Counters.PeerErrors(PeerErrorOutcome.NoAllocation));
    }

    /// <summary>What is sent to a relayed address of the same relay never leaves the process.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_error_of_a_relayed_address_of_the_relay_is_forged(int family)
    {
        var bob = _relay.Client("203.0.113.9:1", "bob", shard: 1);
        bob.AllocateDual();
        _client.Permit(bob.Relayed[family].Ip.ToString());

        Dropped(PeerErrorOutcome.NotRelayed, _client.Allocation, bob.Relayed[family], family == 0 ? PortUnreachable : new(1, 4, 0));
        // Nothing else on the relay's own addresses is sent to, either.
        Dropped(
            PeerErrorOutcome.NotRelayed, _client.Allocation, bob.Relayed[family] with { Port = 53 },
            family == 0 ? PortUnreachable : new(1, 4, 0));
    }

    [Fact]
    public void Twenty_errors_pass_at_once_and_ten_a_second_after_them()
    {
        _client.Permit("192.0.2.1");

        Assert.Equal(Burst, Told(1000));
        _relay.Pass(99);
        Assert.Equal(0, Told(10));
        _relay.Pass(1);
        Assert.Equal(1, Told(10));
        _relay.PassSeconds(1);
        Assert.Equal(10, Told(100));
        _relay.PassSeconds(60);
        Assert.Equal(Burst, Told(100));
        Assert.Equal(Burst + 1 + 10 + Burst, _relay.Counters.PeerErrors(PeerErrorOutcome.Reported));
        Assert.Equal(1220 - (Burst + 1 + 10 + Burst), _relay.Counters.PeerErrors(PeerErrorOutcome.Limited));
    }

    [Fact]
    public void The_rate_is_that_of_one_allocation()
    {
        _client.Permit("192.0.2.1");
        var other = _relay.Client("203.0.113.9:1");
        other.Allocate();
        other.Permit("192.0.2.1");
        Told(100);

        Assert.NotNull(_relay.PeerError(other.Allocation, PeerAddress, PortUnreachable));
    }

    [Fact]
    public void Errors_beyond_the_rate_and_of_strangers_allocate_nothing()
    {
        _client.Permit("192.0.2.1");
        var stranger = TransportAddress.Parse("192.0.2.2:9000");
        for (var i = 0; i < 1000; i++) Screen();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Screen();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Screen()
        {
            _relay.Shard.ScreenPeerError(_client.Allocation, PeerAddress, PortUnreachable, _relay.Now);
            _relay.Shard.ScreenPeerError(_client.Allocation, stranger, PortUnreachable, _relay.Now);
        }
    }

    private int Told(int errors) =>
        Enumerable.Range(0, errors).Count(_ => _relay.PeerError(_client.Allocation, PeerAddress, PortUnreachable) is not null);

    private void Dropped(PeerErrorOutcome outcome, AllocationId allocation, TransportAddress peer, IcmpError error)
    {
        var before = _relay.Counters.PeerErrors(outcome);
        Assert.Null(_relay.PeerError(allocation, peer, error));
        Assert.Equal(before + 1, _relay.Counters.PeerErrors(outcome));
        Assert.Equal(0, _relay.Counters.PeerErrors(PeerErrorOutcome.Reported));
    }
}
