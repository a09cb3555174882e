using Causeway.Protocol.Tests.Relay;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>
/// The relay's state machine: an input is a list of steps, three bytes each (what, who, a number). Beside it runs <see cref="Expected"/>,
/// the little that RFC 8656 lets pass. An expired allocation relays nothing, a peer without a permission reaches no client, bytes add up,
/// no id is used twice, and at the end nothing is left.
/// </summary>
internal sealed class SequenceTarget : FuzzTarget
{
    private const int StepLength = 3;
    private const int MaxSteps = 200;

    private static readonly RelayQuotas Few = new()
    {
        Allocations = 7,
        AllocationsPerSubject = 4,
        PermissionsPerAllocation = 4,
        ChannelsPerAllocation = 3,
        PeerConnections = 4,
        PeerConnectionsPerSubject = 3,
        PeerConnectionsPerAllocation = 2,
    };

    private static readonly string[] Peers =
    [
        "192.0.2.1:9000", "192.0.2.2:9001", "[2001:db8::1]:9000", "10.0.0.9:1",
        TestRelay.PublicIPv4 + ":50001", $"[{TestRelay.IPv6}]:50002",
    ];

    public override string Name => "sequence";

    public override int ShortRun => 500;

    public override IEnumerable<byte[]> Corpus =>
    [
        // Allocate, permit, bind, send and receive; refresh; wait until all has expired, and try again.
        [0, 0, 0, 2, 0, 0, 4, 0, 0, 6, 0, 0, 3, 0, 1, 5, 0, 1, 6, 0, 1, 1, 0, 20, 8, 0, 40, 4, 0, 0, 6, 0, 0, 8, 0, 255, 6, 0, 0],
        // Dual allocations, of which one family is released; the other goes on.
        [0, 1, 2, 2, 1, 2, 4, 1, 2, 1, 1, 4, 4, 1, 2, 6, 1, 2, 2, 1, 0, 4, 1, 0],
        // A reservation, and the allocation that takes it.
        [0, 0, 3, 0, 2, 5, 2, 2, 0, 4, 2, 0, 8, 0, 10, 6, 2, 0],
        // Two clients of this relay send to each other; one is revoked.
        [0, 0, 0, 0, 4, 0, 2, 0, 4, 2, 4, 4, 4, 0, 4, 10, 4, 3, 4, 0, 4],
        // A stream whose connection closes, and one that sends a changed request.
        [0, 5, 0, 2, 5, 0, 9, 5, 0, 6, 5, 0, 0, 5, 0, 11, 5, 40, 11, 5, 3],
        // TCP: a connection to a peer and one from a peer, bound by others; bytes both ways; one is closed, one ends with the allocation.
        [14, 2, 0, 15, 2, 0, 16, 2, 1, 18, 5, 0, 19, 0, 9, 19, 0, 8, 2, 2, 1, 17, 2, 1, 18, 8, 1, 19, 1, 7, 20, 0, 0, 1, 2, 0],
        // TCP: refused by the peer, never bound, without a permission, of an allocation of UDP.
        [14, 5, 0, 15, 5, 1, 16, 5, 2, 15, 5, 0, 16, 5, 1, 8, 0, 6, 17, 5, 0, 0, 2, 0, 15, 2, 0, 17, 2, 0],
        // Sockets that open late or not at all.
        [12, 0, 0, 0, 0, 0, 13, 0, 0, 0, 1, 0, 13, 0, 1, 0, 2, 2, 13, 0, 0, 13, 0, 2],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var run = new Sequence();
        for (var step = 0; step < MaxSteps && input.Length >= StepLength; step++, input = input[StepLength..])
            run.Do(input[0] % 21, input[1] % 6, input[2]);
        run.End();
    }

    private sealed class Sequence
    {
        private readonly TestRelay _relay =
            new(settings => settings with { FirstPort = 50_000, LastPort = 50_011, Quotas = Few, TcpAllocations = true }, shards: 2);

        private readonly TestClient[] _clients;
        private readonly Expected _expected;
        private readonly Queue<byte[]> _tokens = new();
        private readonly HashSet<ConnectionId> _connecting = [];

        public Sequence()
        {
            _clients = [.. Enumerable.Range(0, 6).Select(index => _relay.Client(
                $"203.0.113.7:{1000 + index}", index < 4 ? "alice" : "bob", index % 2,
                index % 3 == 2 ? ClientTransport.Tls : ClientTransport.Udp))];
            _expected = new(_relay);
            _relay.Saw = effect =>
            {
                if (effect is ConnectPeer connect) _connecting.Add(connect.Connection);
                _expected.Take(effect);
            };
        }

        public void Do(int what, int who, int number)
        {
            var client = _clients[who];
            var peer = TransportAddress.Parse(Peers[number % Peers.Length]);
            switch (what)
            {
                case 0: Allocate(client, number % 6); break;
                case 1: Refresh(client, number); break;
                case 2: Permit(client, peer); break;
                case 3: Bind(client, peer, (ushort)(0x4000 + number % 5)); break;
                case 4:
                    _expected.FromClient(client, peer, number, client.SendTo(peer.ToString(), new byte[number]));
                    break;
                case 5:
                    _expected.FromClient(client, null, number, client.SendOn(0x4000 + number % 5, new byte[number]));
                    break;
                case 6 when _expected.Of(client) is { } id:
                    _expected.FromPeer(id, peer, number, _relay.FromPeer(id, peer, new byte[number]).Forward);
                    break;
                case 7: _relay.Pass(number * 7_000L); break;
                case 8: _relay.Elapse(number * 7_000L); break;
                case 9 when client.Handle.IsStream:
                    _relay.Shards[who % 2].HandleClientClosed(client.Handle, _relay.Now);
                    break;
                case 10 when number < 10: _relay.Shared.Revoke("bob", _relay.Now.UnixSeconds + number * 100); break;
                // A pending request may be answered meanwhile.
                case 11 when _relay.Pending.Count == 0: Change(client, number); break;
                case 12: _relay.OpensAtOnce = number % 2 == 1; break;
                case 13 when _relay.Pending.Count > 0: Settle(number); break;
                case 14: Allocate(client, 0, protocol: 6); break;
                case 15: Request(client, StunMethod.Connect, PeerAddress(peer)); break;
                case 16 when _connecting.Count > 0: Connect(number); break;
                case 17 when _expected.Of(client) is { } id:
                    if (_relay.Accept(id, peer.ToString()) is not null) _expected.Accepted(id, peer);
                    break;
                case 18 when At(number) is { } connection: BindConnection(connection, who); break;
                case 19 when At(number) is { } connection:
                    var isCarried = _relay.Shards[connection.Allocation.Shard].HandlePeerData(
                        connection, toPeer: number % 2 == 1, number, _relay.Now);
                    _expected.Carried(connection, toPeer: number % 2 == 1, number, isCarried);
                    break;
                case 20 when At(number) is { } connection:
                    _connecting.Remove(connection);
                    _relay.Closed(connection);
                    break;
                default: break;
            }

            _relay.Effects();
            Assert.True(_relay.Shared.Allocations <= Few.Allocations, $"{_relay.Shared.Allocations} allocations");
            Assert.True(_relay.Connections.Count <= _relay.Shared.PeerConnections, "a connection is not counted");
            Assert.True(
                _relay.Sockets.Count <= _relay.Shared.Relayed.Count,
                $"{_relay.Sockets.Count} sockets are open, of {_relay.Shared.Relayed.Count} claimed");
        }

        public void End()
        {
            foreach (var shard in _relay.Shards) shard.Close(_relay.Now);
            _relay.Effects();
            while (_relay.Pending.Count > 0) Settle(1);
            _relay.Effects();
            Assert.Equal(0, _expected.Alive);
            _relay.AssertEmpty();
        }

        private void Allocate(TestClient client, int kind, uint protocol = 17)
        {
            var answer = Request(client, StunMethod.Allocate, (ref StunWriter message) =>
            {
                message.Add(StunAttributeType.RequestedTransport, protocol << 24);
                if (kind == 1) message.Add(StunAttributeType.RequestedAddressFamily, 2u << 24);
                if (kind == 2) message.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24);
                if (kind is 3 or 4) message.Add(StunAttributeType.EvenPort, [(byte)(kind == 3 ? 0x80 : 0)]);
                if (kind == 5 && _tokens.TryDequeue(out var token)) message.Add(StunAttributeType.ReservationToken, token);
            });
            if (answer?.Types.Contains(StunAttributeType.ReservationToken) == true)
                _tokens.Enqueue(answer[StunAttributeType.ReservationToken]);
        }

        private void Refresh(TestClient client, int number)
        {
            IpFamily? family = number % 3 == 1 ? (IpFamily)(1 + number % 2) : null;
            var answer = Request(client, StunMethod.Refresh, (ref StunWriter message) =>
            {
                message.Add(StunAttributeType.Lifetime, number % 2 == 0 ? 0u : (uint)number * 30);
                if (family is { } named) message.Add(StunAttributeType.RequestedAddressFamily, (uint)named << 24);
            });
            if (IsSuccess(answer)) _expected.Refreshed(client, family, answer!.Number(StunAttributeType.Lifetime));
        }

        private void Permit(TestClient client, TransportAddress peer)
        {
            var answer = Request(client, StunMethod.CreatePermission, PeerAddress(peer));
            if (IsSuccess(answer)) _expected.Permitted(client, peer.Ip, _relay.Settings.PermissionSeconds);
        }

        private void Bind(TestClient client, TransportAddress peer, ushort channel)
        {
            var answer = Request(client, StunMethod.ChannelBind, (ref StunWriter message) =>
            {
                message.Add(StunAttributeType.ChannelNumber, (uint)channel << 16);
                message.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
            });
            if (IsSuccess(answer)) _expected.Permitted(client, peer.Ip, _relay.Settings.ChannelSeconds);
        }

        private static Attributes PeerAddress(TransportAddress peer) =>
            (ref StunWriter message) => message.AddXorAddress(StunAttributeType.XorPeerAddress, peer);

        /// <summary>The peer of a Connect request answers, or doesn't.</summary>
        private void Connect(int number)
        {
            var connection = _connecting.OrderBy(one => one.Number).ElementAt(number % _connecting.Count);
            _connecting.Remove(connection);
            // It may have been closed meanwhile.
            if (!_relay.Connections.ContainsKey(connection)) return;
            if (number % 3 > 0) _relay.Connected(connection);
            else _relay.NotConnected(connection, (PeerFailure)(number % 2));
        }

        /// <summary>Another connection of the same person, or of someone else, asks for the peer's bytes.</summary>
        private void BindConnection(ConnectionId connection, int who)
        {
            var subject = who % 3 == 0 ? "bob" : "alice";
            var data = _relay.Client($"203.0.113.9:{2000 + who}", subject, who % 2, ClientTransport.Tcp);
            Request(data, StunMethod.ConnectionBind, (ref StunWriter message) =>
                message.Add(StunAttributeType.ConnectionId, connection.Number));
        }

        private ConnectionId? At(int number) => _relay.Connections.Count == 0
            ? null
            : _relay.Connections.Keys.OrderBy(connection => connection.Number).ElementAt(number % _relay.Connections.Count);

        /// <summary>A signed request with one changed byte: it may be dropped or refused, and is never obeyed.</summary>
        private static void Change(TestClient client, int number)
        {
            // Indications are not signed.
            var changed = client.LastRequest.ToArray();
            if (!StunMessage.TryRead(changed, out var last) || last.Class != StunClass.Request) return;
            changed[number % changed.Length] ^= (byte)(1 + number % 255);
            var answer = client.SendRequest(changed);
            if (answer is not null && answer.Method != StunMethod.Binding) Assert.NotEqual((StunErrorCode)0, answer.Error);
        }

        private void Settle(int number)
        {
            var open = _relay.Pending[number % _relay.Pending.Count];
            if (number % 3 > 0) _relay.Opened(open);
            else _relay.Failed(open, (RelayFailure)(number % 2));
        }

        private static Answer? Request(TestClient client, StunMethod method, Attributes attributes)
        {
            var answer = client.TryRequest(method, attributes);
            if (answer?.Error is StunErrorCode.StaleNonce or StunErrorCode.Unauthenticated) client.Nonce = answer[StunAttributeType.Nonce];
            return answer;
        }

        private static bool IsSuccess(Answer? answer) => answer?.Class == StunClass.SuccessResponse;
    }
}
