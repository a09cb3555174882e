using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

public class AllocateTests
{
    [Fact]
    public void Allocate_opens_a_socket_and_then_answers_with_the_public_relayed_address()
    {
        var relay = new TestRelay();
        var client = relay.Client();

        var answer = client.Allocate();

        answer.AssertSuccess();
        var relayed = Assert.Single(client.Relayed);
        Assert.Equal(IpAddress.Parse(TestRelay.PublicIPv4), relayed.Ip);
        Assert.InRange(relayed.Port, 49152, 65535);
        Assert.Equal(
            [
                new OpenRelay(client.Allocation, new(IpAddress.Parse(TestRelay.LocalIPv4), relayed.Port)),
                new SendToClient(client.Handle, client.Effects.OfType<SendToClient>().Single().Message),
                new AllocationMade(client.Allocation, client.Handle, "alice", relayed),
            ],
            client.Effects);
        Assert.Equal(600u, answer.Number(StunAttributeType.Lifetime));
        Assert.Equal([client.Handle.Address], answer.Addresses(StunAttributeType.XorMappedAddress));
        Assert.True(answer.IsSignedWith(client.Key));
    }
}
