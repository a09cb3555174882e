using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Connections;
using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Relay.Connections;

/// <summary>Whatever happens to TCP allocations and in which order: bounds hold, and every connection is closed once.</summary>
public class AnyConnectionInputTests
{
    private static readonly RelayQuotas Few =
        new() { PeerConnections = 6, PeerConnectionsPerSubject = 5, PeerConnectionsPerAllocation = 3 };

    private readonly record struct Step(int Kind, int Client, int Value);

    [Fact]
    public void Any_sequence_of_inputs_leaves_nothing_behind() =>
        Gen.Select(
                Gen.Select(Gen.Int[0, 12], Gen.Int[0, 3], Gen.Int[0, 99]).Select(s => new Step(s.Item1, s.Item2, s.Item3)).Array[0, 80],
                Gen.Bool)
            .Sample((steps, closes) =>
            {
                var relay = new TestRelay(s => s with { TcpAllocations = true, Quotas = Few }, shards: 2);
                var clients = Enumerable.Range(0, 4).Select(i => relay.Client(
                    $"203.0.113.7:{1000 + i}", i < 3 ? "alice" : "bob", i % 2, ClientTransport.Tcp)).ToArray();
                foreach (var step in steps)
                {
                    Do(relay, clients[step.Client], step);
                    relay.Effects();
                    Assert.InRange(relay.Shared.PeerConnections, 0, Few.PeerConnections);
                    // A failed one counts for a moment more, and the engine has none that doesn't count.
                    Assert.InRange(relay.Connections.Count, 0, relay.Shared.PeerConnections);
                    Assert.All(
                        relay.Connections.Keys.GroupBy(connection => connection.Allocation),
                        one => Assert.InRange(one.Count(), 0, Few.PeerConnectionsPerAllocation));
                }

                if (closes) Array.ForEach(relay.Shards, shard => shard.Close(relay.Now));
                relay.Effects();
                if (!closes) relay.Elapse(4_000_000);
                relay.AssertEmpty();
            }, iter: 1000);

    private static void Do(TestRelay relay, TestClient client, Step step)
    {
        var peer = $"192.0.2.1:{9000 + step.Value % 4}";
        var known = relay.Connections.Keys.OrderBy(connection => connection.Number).ToList();
        var connection = known.Count > 0 ? known[step.Value % known.Count] : default;
        Answer? answer = null;
        switch (step.Kind)
        {
            case 0 or 1:
                answer = client.TryRequest(StunMethod.Allocate, (ref StunWriter m) =>
                    m.Add(StunAttributeType.RequestedTransport, (step.Value % 5 == 0 ? 17u : 6u) << 24));
                break;
            case 2:
                answer = client.TryRequest(StunMethod.CreatePermission, (ref StunWriter m) =>
                    m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse(peer)));
                break;
            case 3 or 4:
                answer = client.Connect(peer);
                break;
            case 5 when known.Count > 0:
                relay.Connected(connection);
                break;
            case 6 when known.Count > 0:
                relay.Closed(connection);
                break;
            case 7:
                relay.Accept(client.Allocation, peer);
                break;
            case 8 when known.Count > 0:
                var data = relay.Client(
                    $"203.0.113.7:{2000 + step.Value}", step.Client < 3 ? "alice" : "bob", step.Value % 2, ClientTransport.Tcp);
                data.BindConnection(connection.Number);
                break;
            case 9:
                relay.Elapse(step.Value * 700L);
                break;
            case 10 when step.Value % 2 == 0:
                answer = client.TryRequest(StunMethod.Refresh, (ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 0u));
                break;
            case 11 when known.Count > 0:
                relay.Shards[connection.Allocation.Shard].HandlePeerData(connection, step.Value % 2 == 0, step.Value, relay.Now);
                break;
            case 12 when client.Effects.OfType<ConnectPeer>().LastOrDefault() is { } asked && known.Contains(asked.Connection):
                if (relay.Shared.Connections.TryFind(asked.Connection, out var opening) && opening.State == PeerConnectionState.Connecting)
                    relay.NotConnected(asked.Connection, (PeerFailure)(step.Value % 2));
                break;
            default:
                break;
        }

        if (answer?.Error is StunErrorCode.StaleNonce or StunErrorCode.Unauthenticated) client.Nonce = answer[StunAttributeType.Nonce];
    }
}
