using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>Whatever the input, the state machine doesn't throw, and every open socket is closed once.</summary>
public class AnyInputTests
{
    private static readonly RelayQuotas Few =
        new() { Allocations = 7, AllocationsPerSubject = 4, PermissionsPerAllocation = 4, ChannelsPerAllocation = 3 };

    private static readonly string[] Peers =
    [
        "192.0.2.1:9000", "192.0.2.2:0", "[2001:db8::1]:9000", "10.0.0.9:1",
        TestRelay.LocalIPv4 + ":50000", TestRelay.PublicIPv4 + ":50001", $"[{TestRelay.IPv6}]:50002",
    ];

    [Fact]
    public void Random_bytes_from_clients_are_dropped_or_answered() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            var relay = new TestRelay();
            relay.FromClient(relay.Client().Handle, bytes);
            relay.Effects();
            relay.AssertEmpty();
        }, iter: 1000);

    [Fact]
    public void Random_attributes_under_a_right_signature_are_dropped_or_answered() =>
        Gen.Select(
            OneOf(Enum.GetValues<StunMethod>()),
            Gen.Select(
                Gen.OneOf(OneOf(Enum.GetValues<StunAttributeType>()), Gen.UShort.Select(type => (StunAttributeType)type)),
                Gen.Byte.Array[0, 24]).Array[0, 6],
            Gen.Bool).Sample((method, attributes, hasAllocation) =>
        {
            var relay = new TestRelay(s => s with { FirstPort = 50_000, LastPort = 50_007 });
            var client = relay.Client();
            if (hasAllocation) client.AllocateDual();
            client.TryRequest(method, (ref StunWriter m) =>
            {
                m.Add(StunAttributeType.RequestedTransport, 17u << 24);
                foreach (var (type, value) in attributes) m.Add(type, value);
            });
            relay.Shard.Close(relay.Now);
            relay.Effects();
            relay.AssertEmpty();
        }, iter: 1000);

    [Fact]
    public void Mutated_messages_are_dropped_or_answered() =>
        Gen.Select(Gen.Int[0, 6], Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[1, 4], Gen.Int[0, 12]).Sample((kind, changes, cut) =>
        {
            var relay = new TestRelay();
            var client = relay.Client();
            client.AllocateDual();
            client.Bind(0x4000, "192.0.2.1:9000");
            switch (kind)
            {
                case 0: client.Refresh(600, IpFamily.IPv4); break;
                case 1: client.Permit("192.0.2.1", "2001:db8::1"); break;
                case 2: client.Bind(0x4001, "192.0.2.2:1"); break;
                case 3: client.Request(StunMethod.Binding); break;
                default: break;
            }

            var message = kind switch
            {
                < 4 => client.LastRequest,
                < 6 => client.BuildSend("192.0.2.1:9000", new byte[50]),
                _ => client.BuildChannelData(0x4000, new byte[50]),
            };
            foreach (var (at, value) in changes) message[at % message.Length] = value;
            relay.FromClient(client.Handle, message.AsSpan(0, int.Max(0, message.Length - cut)));
            relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.1:9000"), message);
            relay.Shard.Close(relay.Now);
            relay.Effects();
            relay.AssertEmpty();
        }, iter: 1000);

    /// <summary>A random input.</summary>
    /// <param name="Kind">What happens.</param>
    /// <param name="Client">The client that it is about.</param>
    /// <param name="Value">A parameter of the input.</param>
    private readonly record struct Step(int Kind, int Client, int Value);

    [Fact]
    public void Any_sequence_of_inputs_leaves_nothing_behind() =>
        Gen.Select(
                Gen.Select(Gen.Int[0, 14], Gen.Int[0, 5], Gen.Int[0, 99]).Select(s => new Step(s.Item1, s.Item2, s.Item3)).Array[0, 80],
                Gen.Bool,
                Gen.Bool)
            .Sample((steps, opensAtOnce, closes) =>
            {
                var relay = new TestRelay(
                    s => s with { FirstPort = 50_000, LastPort = 50_011, Quotas = Few },
                    shards: 2)
                {
                    OpensAtOnce = opensAtOnce,
                };
                var clients = Enumerable.Range(0, 6).Select(i => relay.Client(
                    $"203.0.113.7:{1000 + i}",
                    i < 4 ? "alice" : "bob",
                    i % 2,
                    i % 3 == 2 ? ClientTransport.Tls : ClientTransport.Udp)).ToArray();
                var tokens = new Queue<byte[]>();

                foreach (var step in steps)
                {
                    Do(relay, clients[step.Client], step, tokens);
                    relay.Effects();

                    Assert.True(relay.Shared.Allocations <= relay.Settings.Quotas.Allocations);
                    Assert.True(relay.Sockets.Count <= relay.Shared.Relayed.Count);
                    Assert.True(relay.Shared.Relayed.Count <= relay.Shared.Allocations);
                    // A dual allocation has two addresses in one slot.
                    Assert.True(relay.Shared.Allocations <= 2 * relay.Shards.Sum(shard => shard.SlotsTaken));
                }

                // Sockets that are still being opened succeed or fail; then everything ends, by closing or by time.
                if (closes) Array.ForEach(relay.Shards, shard => shard.Close(relay.Now));
                relay.Effects();
                while (relay.Pending.Count > 0)
                {
                    if (relay.Pending.Count % 2 == 0) relay.Opened(relay.Pending[0]);
                    else relay.Failed(relay.Pending[0]);
                    relay.Effects();
                }

                if (!closes) relay.Elapse(4_000_000);
                relay.AssertEmpty();
            }, iter: 1000);

    private static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void Do(TestRelay relay, TestClient client, Step step, Queue<byte[]> tokens)
    {
        var peer = Peers[step.Value % Peers.Length];
        Answer? answer = null;
        switch (step.Kind)
        {
            case 0 or 1 or 2:
                answer = client.TryRequest(StunMethod.Allocate, (ref StunWriter m) =>
                {
                    m.Add(StunAttributeType.RequestedTransport, 17u << 24);
                    if (step.Value % 6 == 1) m.Add(StunAttributeType.RequestedAddressFamily, 2u << 24);
                    if (step.Value % 6 == 2) m.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24);
                    if (step.Value % 6 is 3 or 4) m.Add(StunAttributeType.EvenPort, [(byte)(step.Value % 6 == 3 ? 0x80 : 0)]);
                    if (step.Value % 6 == 5 && tokens.TryDequeue(out var token)) m.Add(StunAttributeType.ReservationToken, token);
                });
                if (answer?.Types.Contains(StunAttributeType.ReservationToken) == true)
                    tokens.Enqueue(answer[StunAttributeType.ReservationToken]);
                break;
            case 3:
                answer = client.TryRequest(StunMethod.Refresh, (ref StunWriter m) =>
                {
                    m.Add(StunAttributeType.Lifetime, step.Value % 2 == 0 ? 0u : (uint)step.Value * 30);
                    if (step.Value % 3 == 0) m.Add(StunAttributeType.RequestedAddressFamily, (uint)(1 + step.Value % 2) << 24);
                });
                break;
            case 4:
                answer = client.TryRequest(StunMethod.CreatePermission, (ref StunWriter m) =>
                    m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse(peer)));
                break;
            case 5:
                answer = client.TryRequest(StunMethod.ChannelBind, (ref StunWriter m) =>
                {
                    m.Add(StunAttributeType.ChannelNumber, (uint)(0x4000 + step.Value % 5) << 16);
                    m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse(peer));
                });
                break;
            case 6:
                client.SendTo(peer, new byte[step.Value]);
                break;
            case 7:
                client.SendOn(0x4000 + step.Value % 5, new byte[step.Value]);
                break;
            case 8:
                relay.FromPeer(client.Allocation, TransportAddress.Parse(peer), new byte[step.Value]);
                break;
            case 9:
                relay.Elapse(step.Value * 7_000L);
                break;
            case 10:
                relay.Pass(step.Value * 7_000L);
                break;
            case 11 when client.Handle.IsStream:
                relay.Shards[step.Client % 2].HandleClientClosed(client.Handle, relay.Now);
                break;
            case 12 when relay.Pending.Count > 0:
                var open = relay.Pending[step.Value % relay.Pending.Count];
                if (step.Value % 3 > 0) relay.Opened(open);
                else relay.Failed(open, (RelayFailure)(step.Value % 2));
                break;
            case 13 when step.Value < 10:
                relay.Shared.Revoke("bob", relay.Now.UnixSeconds + step.Value * 100);
                break;
            case 14:
                var error = new IcmpError((byte)(step.Value % 12), (byte)(step.Value % 16), 1280);
                relay.PeerError(client.Allocation, TransportAddress.Parse(peer), error);
                break;
            default:
                break;
        }

        if (answer?.Error is StunErrorCode.StaleNonce or StunErrorCode.Unauthenticated) client.Nonce = answer[StunAttributeType.Nonce];
    }
}
