using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Engines;

/// <summary>What a client over TCP may do with its connection: several messages in one segment, and ending its own direction.</summary>
public abstract partial class RelayEngineContract
{
    [Fact]
    public async Task Requests_and_data_in_one_segment_are_handled_in_their_order()
    {
        await using var relay = await StartAsync();
        using var client = await ConnectAsync(relay);
        using var peer = new TestPeer();
        var script = await AllocateOverAsync(client);

        await client.SendAsync(
            (byte[])
            [
                .. script.Request(
                    StunMethod.CreatePermission,
                    (ref StunWriter m) => m.AddXorAddress(StunAttributeType.XorPeerAddress, peer.Address)),
                .. Send(peer.Address, "first"u8),
                .. script.Request(StunMethod.ChannelBind, (ref StunWriter m) =>
                {
                    m.Add(StunAttributeType.ChannelNumber, 0x4000u << 16);
                    m.AddXorAddress(StunAttributeType.XorPeerAddress, peer.Address);
                }),
                .. "\x40\0\0\x06second\0\0"u8,
            ],
            SocketFlags.None,
            Cancellation);

        Assert.Equal(StunMethod.CreatePermission, (await ReceiveAnswerAsync(client)).Method);
        Assert.Equal(StunMethod.ChannelBind, (await ReceiveAnswerAsync(client)).Method);
        Assert.Equal("first", (await peer.ReceiveTextAsync()).Text);
        Assert.Equal("second", (await peer.ReceiveTextAsync()).Text);
    }

    /// <summary>What came before the end is answered; a client that will send nothing more has no use for a relay.</summary>
    [Fact]
    public async Task A_client_that_ends_its_direction_is_answered_and_then_closed_with_its_allocation()
    {
        await using var relay = await StartAsync();
        using var client = await ConnectAsync(relay);
        var script = await AllocateOverAsync(client);
        Assert.Equal(1, relay.Host.Allocations);

        await client.SendAsync(script.Request(StunMethod.Refresh, null), SocketFlags.None, Cancellation);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(StunMethod.Refresh, (await ReceiveAnswerAsync(client)).Method);
        await AssertClosedAsync(client);
        await TestWait.UntilAsync(() => (relay.Host.Allocations, relay.Host.Connections) == (0, 0));
    }

    private delegate void Filling(ref StunWriter message);

    private static async Task<Script> AllocateOverAsync(Socket client)
    {
        var script = new Script(TestRelay.Credentials());
        await client.SendAsync(script.Request(StunMethod.Allocate, UdpTransport), SocketFlags.None, Cancellation);
        script.Nonce = (await ReceiveAnswerAsync(client)).Nonce;
        await client.SendAsync(script.Request(StunMethod.Allocate, UdpTransport), SocketFlags.None, Cancellation);
        Assert.Equal(StunClass.SuccessResponse, (await ReceiveAnswerAsync(client)).Class);
        return script;

        static void UdpTransport(ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24);
    }

    private static byte[] Send(TransportAddress peer, ReadOnlySpan<byte> data)
    {
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Send, new(3, 4));
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        writer.Add(StunAttributeType.Data, data);
        Assert.True(writer.TryFinish(out var length));
        return buffer[..length];
    }

    private static async Task<(StunClass Class, StunMethod Method, byte[] Nonce)> ReceiveAnswerAsync(Socket client)
    {
        var buffer = new byte[1024];
        var have = 0;
        while (true)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(have, have < 20 ? 20 - have : 1), SocketFlags.None, Cancellation);
            Assert.NotEqual(0, read);
            have += read;
            if (StreamFraming.ReadFrame(buffer.AsSpan(0, have), out var length) == StreamFrame.Complete)
                return Read(buffer.AsSpan(0, length));
        }

        static (StunClass Class, StunMethod Method, byte[] Nonce) Read(ReadOnlySpan<byte> bytes)
        {
            Assert.True(StunMessage.TryRead(bytes, out var message));
            message.TryGet(StunAttributeType.Nonce, out var nonce);
            return (message.Class, message.Method, nonce.ToArray());
        }
    }

    /// <summary>Signed requests as bytes.</summary>
    private sealed class Script(Credentials credentials)
    {
        private uint _transactions;

        public byte[]? Nonce { get; set; }

        public byte[] Request(StunMethod method, Filling? fill)
        {
            var buffer = new byte[512];
            var writer = new StunWriter(buffer, StunClass.Request, method, new(5, ++_transactions));
            fill?.Invoke(ref writer);
            if (Nonce is not null)
            {
                writer.Add(StunAttributeType.Username, credentials.Username);
                writer.Add(StunAttributeType.Realm, "tests.example");
                writer.Add(StunAttributeType.Nonce, Nonce);
                writer.AddIntegrity(
                    StunIntegrity.Sha1, PasswordAlgorithm.Md5.Key(credentials.Username, "tests.example", credentials.Password));
            }

            Assert.True(writer.TryFinish(out var length));
            return buffer[..length];
        }
    }
}
