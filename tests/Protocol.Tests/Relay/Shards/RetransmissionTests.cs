using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>
/// A request that arrives again over UDP, because its response was lost, gets the same response and changes nothing (RFC 8489 §6.3.1): that
/// of Allocate is kept, the other methods are idempotent (RFC 8656 §8.2, §10.2, §12.2).
/// </summary>
public class RetransmissionTests
{
    // The first retransmission, and one late in the 39.5 s of the client's attempts (RFC 8489 §6.2.1).
    private static readonly int[] Delays = [500, 31_000];

    private readonly TestRelay _relay = new();

    public static TheoryData<string> Requests =>
    [
        "Binding", "Allocate", "Refresh", "Refresh of one family", "CreatePermission", "ChannelBind", "malformed Refresh", "forbidden peer",
        "channel of another peer", "unknown attribute", "second Allocate",
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_retransmitted_request_gets_the_same_response_byte_for_byte(string request)
    {
        var client = _relay.Client();
        if (request != "Allocate") client.Allocate().AssertSuccess();
        client.Bind(0x4000, "192.0.2.1:5000");

        var answer = Send(client, request);
        var (bytes, state) = (client.LastRequest, State(client));

        foreach (var delay in Delays)
        {
            _relay.Pass(delay);
            Assert.Equal(answer.Bytes, client.SendRequest(bytes)!.Bytes);
            Assert.Equal(state, State(client));
            Assert.DoesNotContain(client.Effects, effect => effect is not SendToClient);
        }
    }

    [Fact]
    public void A_retransmitted_release_finds_no_allocation_which_means_the_same_to_the_client()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();
        client.Refresh(0).AssertSuccess();

        // RFC 8656 §8.2 lets the server answer so, and §8.3 has the client take it for success.
        client.SendRequest(client.LastRequest)!.AssertError(StunErrorCode.AllocationMismatch);
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_retransmission_while_the_socket_opens_opens_no_second_one_and_one_response_answers_both()
    {
        _relay.OpensAtOnce = false;
        var client = _relay.Client();
        client.TryRequest(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24));

        Assert.Null(client.SendRequest(client.LastRequest));
        _relay.Opened(_relay.Pending.Single());

        var sent = Assert.Single(_relay.Effects().OfType<SendToClient>());
        Assert.Equal(client.LastTransaction, new Answer(sent.Message.ToArray()).Transaction);
    }

    [Fact]
    public void The_transaction_id_of_an_allocation_does_not_serve_another_user()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "mallory", _relay.Now.UnixSeconds + 60);
        var transaction = client.LastTransaction;
        var buffer = new byte[StunConstants.MaxRequestLength];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, transaction);
        writer.Add(StunAttributeType.RequestedTransport, 17u << 24);
        writer.Add(StunAttributeType.Username, client.Credentials.Username);
        writer.Add(StunAttributeType.Realm, client.Realm);
        writer.Add(StunAttributeType.Nonce, client.Nonce);
        writer.AddIntegrity(StunIntegrity.Sha1, client.Key);
        Assert.True(writer.TryFinish(out var length));

        client.SendRequest(buffer[..length])!.AssertError(StunErrorCode.AllocationMismatch);
    }

    private static Answer Send(TestClient client, string request) => request switch
    {
        "Binding" => client.Request(StunMethod.Binding),
        "Allocate" => client.Allocate(),
        "Refresh" => client.Refresh(700),
        "Refresh of one family" => client.Refresh(700, IpFamily.IPv4),
        "CreatePermission" => client.Permit("192.0.2.1", "192.0.2.2"),
        "ChannelBind" => client.Bind(0x4001, "192.0.2.2:5000"),
        "malformed Refresh" => client.Request(StunMethod.Refresh, (ref StunWriter m) => m.Add(StunAttributeType.Lifetime, [1])),
        "forbidden peer" => client.Permit("127.0.0.1"),
        "channel of another peer" => client.Bind(0x4000, "192.0.2.2:5000"),
        "unknown attribute" => client.Request(StunMethod.Refresh, (ref StunWriter m) => m.Add(StunAttributeType.Priority, 0)),
        "second Allocate" => client.Request(
            StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24)),
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    private (int Allocations, int Relayed, int Sockets, string Addresses) State(TestClient client) =>
        (_relay.Shared.Allocations, _relay.Shared.Relayed.Count, _relay.Sockets.Count, string.Join(' ', client.Relayed));
}
