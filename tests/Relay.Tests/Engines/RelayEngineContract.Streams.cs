using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>What every engine must do with TCP and TLS clients.</summary>
public abstract partial class RelayEngineContract
{
    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task A_client_that_closes_its_connection_loses_its_allocation(ClientTransport transport)
    {
        await using var relay = await StartAsync();
        var client = await relay.AllocateAsync(relay.ClientOptions(transport));
        Assert.Equal((1, 1), (relay.Host.Allocations, relay.Host.Connections));

        await client.DisposeAsync();
        await TestWait.UntilAsync(() => (relay.Host.Allocations, relay.Host.Connections) == (0, 0));
    }

    [Fact]
    public async Task A_message_that_comes_byte_by_byte_is_understood()
    {
        await using var relay = await StartAsync();
        using var client = await ConnectAsync(relay);
        var request = BindingRequest();
        foreach (var piece in request) await client.SendAsync(new[] { piece }, SocketFlags.None, Cancellation);

        Assert.Equal(StunClass.SuccessResponse, await ReceiveClassAsync(client));
    }

    [Fact]
    public async Task Messages_that_come_together_are_all_answered()
    {
        await using var relay = await StartAsync();
        using var client = await ConnectAsync(relay);
        await client.SendAsync(
            Enumerable.Repeat(BindingRequest(), 50).SelectMany(bytes => bytes).ToArray(), SocketFlags.None, Cancellation);

        for (var i = 0; i < 50; i++) Assert.Equal(StunClass.SuccessResponse, await ReceiveClassAsync(client));
    }

    [Fact]
    public async Task A_long_message_from_a_client_without_an_allocation_closes_its_connection()
    {
        await using var relay = await StartAsync();
        using var stranger = await ConnectAsync(relay);
        // Only its header: the rest isn't needed.
        await stranger.SendAsync((byte[])[0x00, 0x01, 0xF0, 0x00, 0x21, 0x12, 0xA4, 0x42], SocketFlags.None, Cancellation);

        await AssertClosedAsync(stranger);
        Assert.Equal(1, relay.Host.EngineCounters.BadFrames);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_in_time()
    {
        var time = new FakeTimeProvider();
        await using var relay = await StartAsync(TestRelay.Options(streams: new() { HandshakeTimeout = TimeSpan.FromSeconds(10) }), time);
        using var tcp = await ConnectAsync(relay);
        using var tls = await ConnectAsync(relay, ClientTransport.Tls);
        await TestWait.UntilAsync(() => relay.Host.Connections == 2);

        time.Advance(TimeSpan.FromSeconds(12));
        await AssertClosedAsync(tcp);
        await AssertClosedAsync(tls);
        Assert.Equal(2, relay.Host.EngineCounters.Idle);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_at_once_and_no_connection_is_dropped()
    {
        using var certificate = new TestCertificate();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(TestRelay.Options(certificate: certificate), time);
        var shown = "";
        var options = relay.ClientOptions(ClientTransport.Tls) with
        {
            CertificateValidation = (_, leaf, _, _) =>
            {
                shown = leaf!.GetCertHashString(HashAlgorithmName.SHA256);
                return leaf.Subject == "CN=localhost";
            },
        };
        await using var old = await relay.AllocateAsync(options);
        Assert.Equal(certificate.Hash, shown);

        certificate.Renew();
        time.Advance(TimeSpan.FromSeconds(2));
        await using var renewed = await relay.AllocateAsync(options);
        Assert.Equal(certificate.Hash, shown);

        // Files without a certificate keep the last one in use.
        certificate.Break();
        time.Advance(TimeSpan.FromSeconds(2));
        await using var late = await relay.AllocateAsync(options);
        Assert.Equal(certificate.Hash, shown);

        await old.PermitAsync(Relayed(late).Ip, Cancellation);
        await late.PermitAsync(Relayed(old).Ip, Cancellation);
        await late.SendAsync(Relayed(old), "still there?");
        Assert.Equal("still there?", (await old.ReceiveTextAsync()).Text);
    }

    /// <summary>RFC 8489 §6.2.3.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task TLS_of_version_1_2_and_1_3_is_served(SslProtocols version)
    {
        await using var relay = await StartAsync();
        using var socket = await ConnectAsync(relay, ClientTransport.Tls);
        await using var stream = new SslStream(new NetworkStream(socket));

        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = version,
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown?.GetCertHashString(HashAlgorithmName.SHA256) == TestRelay.Certificate.Hash,
            },
            Cancellation);

        Assert.Equal(version, stream.SslProtocol);
    }

    // RFC 8996. A ClientHello by hand: record, handshake, version, random, no session, cipher suites, no compression, and the extensions
    // supported_groups, ec_point_formats and signature_algorithms. A server that agrees answers with a handshake record, 0x16.
    [Theory]
    [InlineData("0303", true)]
    [InlineData("0302", false)]
    [InlineData("0301", false)]
    public async Task TLS_before_version_1_2_is_refused(string version, bool served)
    {
        await using var relay = await StartAsync();
        using var socket = await ConnectAsync(relay, ClientTransport.Tls);
        const string Rest = "00" + "000c" + "c02bc02fc02cc030c013c014" + "0100"
            + "0020" + "000a00060004001d0017" + "000b00020100" + "000d000c000a04030804040105030501";
        var hello = version + new string('a', 64) + Rest;
        var length = hello.Length / 2;
        await socket.SendAsync(
            Convert.FromHexString($"160301{length + 4:x4}01{length:x6}{hello}"), SocketFlags.None, Cancellation);

        var first = new byte[1];
        var read = 0;
        try
        {
            read = await socket.ReceiveAsync(first, SocketFlags.None, Cancellation);
        }
        catch (SocketException closed) when (closed.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Refused without an alert.
        }

        Assert.Equal(served, read == 1 && first[0] == 0x16);
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_refused_by_the_client()
    {
        await using var relay = await StartAsync();
        var refusal = await Assert.ThrowsAsync<TurnException>(
            () => relay.ConnectAsync(
                relay.ClientOptions(ClientTransport.Tls) with { TlsHost = "relay.example.org", CertificateValidation = null }));
        Assert.Equal(TurnFailure.Tls, refusal.Failure);
    }

    private static async Task<Socket> ConnectAsync(TestRelay relay, ClientTransport transport = ClientTransport.Tcp)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(relay.Endpoint(transport).ToIPEndPoint(), Cancellation);
        return socket;
    }

    private static byte[] BindingRequest()
    {
        Span<byte> buffer = stackalloc byte[StunConstants.HeaderLength];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new(1, 2));
        Assert.True(writer.TryFinish(out var length));
        return buffer[..length].ToArray();
    }

    private static async Task<StunClass> ReceiveClassAsync(Socket client)
    {
        var buffer = new byte[1024];
        var have = 0;
        while (true)
        {
            have += await client.ReceiveAsync(buffer.AsMemory(have, have < 20 ? 20 - have : 1), SocketFlags.None, Cancellation);
            if (StreamFraming.ReadFrame(buffer.AsSpan(0, have), out var length) == StreamFrame.Complete)
                return Class(buffer.AsSpan(0, length));
        }

        static StunClass Class(ReadOnlySpan<byte> bytes)
        {
            Assert.True(StunMessage.TryRead(bytes, out var message), Encoding.ASCII.GetString(bytes));
            return message.Class;
        }
    }

    private static async Task AssertClosedAsync(Socket client)
    {
        var buffer = new byte[1024];
        try
        {
            while (await client.ReceiveAsync(buffer, SocketFlags.None, Cancellation) > 0)
            {
                // A TLS alert may come first.
            }
        }
        catch (SocketException closed) when (closed.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed anyway.
        }
    }
}
