using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Causeway.Blueprint;
using Causeway.Blueprint.Ports;
using Causeway.Lab.Network;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Lab.Boot;

/// <summary>
/// A page's WebSocket and two allocations over <c>turns:</c> that send to each other, from a host behind a NAT. None of them is ever opened
/// again: what is sent later goes over the connections of the beginning. Certificates are checked as browsers check them.
/// </summary>
internal sealed class StandingConnections : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Host _client;
    private readonly Plan _plan;
    private readonly X509Certificate2Collection _trusted = [];
    private readonly IPEndPoint _page;
    private readonly IPEndPoint _relay;
    private readonly CancellationTokenSource _end = new();
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _pinging = new(1);
    private TurnClient _left = null!;
    private TurnClient _right = null!;
    private Task _talking = Task.CompletedTask;

    private StandingConnections(Host client, Plan plan, BootedInstance instance, string trustFile)
    {
        (_client, _plan) = (client, plan);
        _trusted.ImportFromPemFile(trustFile);
        _page = new(instance.PageIPv4, plan.Settings.Ports.Web);
        _relay = new(instance.RelayIPv4, plan.Settings.Ports.Transports.Single(offer => offer.Transport == Transport.Tls).Port);
    }

    /// <summary>Opens them, and sees that something gets through each.</summary>
    public static async Task<StandingConnections> OpenAsync(Host client, Plan plan, BootedInstance instance, string trustFile)
    {
        var standing = new StandingConnections(client, plan, instance, trustFile);
        await standing.OpenAsync();
        return standing;
    }

    /// <summary>Sends over each of them, and waits until it has arrived.</summary>
    /// <param name="text">What to send, another each time.</param>
    public async Task SendAsync(string text)
    {
        using var late = new CancellationTokenSource(Patience);
        var payload = Encoding.UTF8.GetBytes(text);
        await _left.SendAsync(_right.Allocation!.Relayed[0], payload, late.Token);
        Assert.Equal(text, Encoding.UTF8.GetString((await _right.ReceiveAsync(late.Token)).Payload.Span));
        Assert.Null(_left.RefreshFailure ?? _right.RefreshFailure);
        if (_talking.IsCompleted) await _talking;
        await PingAsync(late.Token);
    }

    /// <summary>The serial numbers that a connection made now is shown, by page and relay.</summary>
    public async Task<(string Page, string Relay)> SerialsAsync() =>
        (await SerialAsync(_page, _plan.Settings.Domain!), await SerialAsync(_relay, _plan.RelayName!));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try { await _talking; }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException) { }
        _socket.Dispose();
        _pinging.Dispose();
        await _left.DisposeAsync();
        await _right.DisposeAsync();
        _end.Dispose();
        foreach (var certificate in _trusted) certificate.Dispose();
    }

    private async Task OpenAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        using var handler = new SocketsHttpHandler { ConnectCallback = async (_, cancellation) => await ConnectAsync(_page, cancellation) };
        handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        _socket.Options.AddSubProtocol("causeway.v1");
        await _socket.ConnectAsync(new UriBuilder(_plan.Address(_plan.Settings.Domain!)) { Scheme = "wss", Path = "/ws" }.Uri,
            new HttpMessageInvoker(handler, disposeHandler: false), late.Token);
        await SayAsync("""{ "type": "hello", "room": "standing" }""", late.Token);
        Assert.Equal("welcome", await HearAsync(late.Token));
        _talking = TalkAsync(_end.Token);

        (_left, _right) = (await AllocateAsync("left", late.Token), await AllocateAsync("right", late.Token));
        await _left.PermitAsync(_right.Allocation!.Relayed[0].Ip, late.Token);
        await _right.PermitAsync(_left.Allocation!.Relayed[0].Ip, late.Token);
        await SendAsync("at the beginning");
    }

    // As a page does, only more often.
    private async Task TalkAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(cancellation)) await PingAsync(cancellation);
    }

    private async Task PingAsync(CancellationToken cancellation)
    {
        await _pinging.WaitAsync(cancellation);
        try
        {
            await SayAsync("""{ "type": "ping" }""", cancellation);
            while (await HearAsync(cancellation) != "pong") { }
        }
        finally
        {
            _pinging.Release();
        }
    }

    private async Task SayAsync(string message, CancellationToken cancellation) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, cancellation);

    private async Task<string?> HearAsync(CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        if (part.MessageType == WebSocketMessageType.Close)
            throw new WebSocketException($"the page server closed the WebSocket: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
        return JsonNode.Parse(buffer.AsSpan(0, length))!["type"]!.GetValue<string>();
    }

    private async Task<TurnClient> AllocateAsync(string subject, CancellationToken cancellation)
    {
        var options = new TurnClientOptions
        {
            Server = TransportAddress.From(_relay),
            Transport = ClientTransport.Tls,
            TlsHost = _plan.RelayName,
            Credentials = Credentials.Mint(_plan.TurnSecret.Reveal(), subject, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()),
            CertificateValidation = IsTrusted,
        };
        // Its socket is made before anything is waited for, and so inside the client's network.
        var turn = await _client.Call(() => TurnClient.ConnectAsync(options, cancellation));
        await turn.AllocateAsync(cancellation: cancellation);
        return turn;
    }

    private async Task<string> SerialAsync(IPEndPoint there, string name)
    {
        using var late = new CancellationTokenSource(Patience);
        await using var tls = new SslStream(await ConnectAsync(there, late.Token));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, RemoteCertificateValidationCallback = IsTrusted }, late.Token);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }

    private async Task<Stream> ConnectAsync(IPEndPoint there, CancellationToken cancellation)
    {
        var socket = _client.Call(() => new Socket(there.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        await socket.ConnectAsync(there, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private bool IsTrusted(object sender, X509Certificate? shown, X509Chain? sent, SslPolicyErrors errors)
    {
        if (shown is not X509Certificate2 certificate || sent is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(_trusted);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }
}
