using System.Buffers.Binary;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

public class RequestMethodTests
{
    // RFC 8489 §18.3 and RFC 8656 §18, below 0x8000.
    private static readonly ushort[] OfTheRfcs =
    [
        0x0001, 0x0006, 0x0008, 0x0009, 0x000A, 0x000C, 0x000D, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x0018, 0x0019, 0x001A,
        0x001C, 0x001D, 0x001E, 0x0020, 0x0022,
    ];

    // How many attributes of four bytes fit into a request with its credentials.
    private const int Batch = 1_800;

    private readonly TestRelay _relay = new(settings => settings with { TcpAllocations = true });

    [Fact]
    public void Every_method_is_served_once() => Assert.Equal(
        [
            StunMethod.Binding, StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind,
            StunMethod.Connect, StunMethod.ConnectionBind,
        ],
        RequestMethod.All.Select(method => method.Method));

    [Fact]
    public void Naming_an_attribute_does_not_make_it_understood()
    {
        var answer = _relay.Client().Request(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.Priority, 1u));

        answer.AssertError(StunErrorCode.UnknownAttribute);
        Assert.Equal([(ushort)StunAttributeType.Priority], Numbers(answer[StunAttributeType.UnknownAttributes]));
    }

    /// <summary>By number, whether or not <see cref="StunAttributeType"/> names it.</summary>
    [Theory]
    [InlineData(StunMethod.Binding)]
    [InlineData(StunMethod.Allocate)]
    [InlineData(StunMethod.Refresh)]
    [InlineData(StunMethod.CreatePermission)]
    [InlineData(StunMethod.ChannelBind)]
    [InlineData(StunMethod.Connect)]
    [InlineData(StunMethod.ConnectionBind, StunAttributeType.ConnectionId)]
    public void A_method_understands_the_attributes_of_both_RFCs_and_refuses_all_others(
        StunMethod method, params StunAttributeType[] more)
    {
        var understood = OfTheRfcs.Concat(more.Select(type => (ushort)type)).ToList();
        Assert.Equal(understood.Order(), RequestMethod.Find(method)!.Understood.Select(type => (ushort)type).Order());

        var others = Enumerable.Range(0, StunConstants.FirstOptionalAttribute).Select(number => (ushort)number).Except(understood).ToList();
        var client = _relay.Client();
        if (method == StunMethod.Binding) client.Signing = Signing.None;
        foreach (var batch in others.Chunk(Batch))
        {
            var answer = client.Request(method, (ref StunWriter m) =>
            {
                foreach (var number in batch) m.Add((StunAttributeType)number, []);
            });

            answer.AssertError(StunErrorCode.UnknownAttribute);
            Assert.Equal(batch, Numbers(answer[StunAttributeType.UnknownAttributes]));
        }
    }

    [Theory]
    [InlineData(StunMethod.Binding, DropReason.UnknownAttribute)]
    [InlineData(StunMethod.Send, DropReason.UnknownAttribute)]
    public void An_indication_with_any_other_attribute_is_dropped(StunMethod method, DropReason reason)
    {
        var client = _relay.Client();
        client.Allocate();
        foreach (var number in Enumerable.Range(0, 0x0100).Select(number => (ushort)number).Except(OfTheRfcs))
        {
            var before = _relay.Counters.Drops(reason);
            _relay.FromClient(
                client.Handle,
                client.Build(StunClass.Indication, method, (ref StunWriter m) => m.Add((StunAttributeType)number, []), Signing.None));
            Assert.Equal(before + 1, _relay.Counters.Drops(reason));
        }
    }

    private static IEnumerable<ushort> Numbers(byte[] value) => value.Chunk(2).Select(pair => BinaryPrimitives.ReadUInt16BigEndian(pair));
}
