using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Service;

/// <summary>A client as a browser is one: a real WebSocket to the real service.</summary>
internal sealed class TestClient : IDisposable
{
    // How long anything may take to arrive before a test says that it did not: far beyond what it takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[2 * 1024 * 1024];

    private TestClient(ClientWebSocket socket) => _socket = socket;

    public Welcome Welcomed { get; private set; } = null!;

    public string Member => Welcomed.Member;

    public string? Subprotocol => _socket.SubProtocol;

    public static async Task<TestClient> ConnectAsync(Uri address, string? origin = null, params string[] subprotocols)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        foreach (var subprotocol in subprotocols is [] ? [SignallingProtocol.Subprotocol] : subprotocols)
            if (subprotocol.Length > 0)
                socket.Options.AddSubProtocol(subprotocol);
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        // The tests' own authority is in no store; it is enough here that it is the certificate they made.
        if (address.Scheme == "wss")
            socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=call.example.org";
        using var deadline = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(address, deadline.Token);
        return new(socket);
    }

    /// <summary>Connects as browsers do over TLS when the server speaks HTTP/2: one stream of it (RFC 8441).</summary>
    public static async Task<TestClient> ConnectOverHttp2Async(Uri address)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(SignallingProtocol.Subprotocol);
        socket.Options.HttpVersion = System.Net.HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=call.example.org";
        using var deadline = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(address, new HttpMessageInvoker(handler), deadline.Token);
        return new(socket);
    }

    public async Task<Welcome> HelloAsync(
        string room, string? name = null, string? resume = null, string? key = null, string? replaces = null)
    {
        await SendAsync(new Hello(room, name, resume, key, replaces));
        return Welcomed = await ReceiveAsync<Welcome>();
    }

    public Task SendAsync(ClientMessage message) => SendTextAsync(JsonSerializer.Serialize(message, WireContext.Default.ClientMessage));

    public Task SendSignalAsync(string to, long seq, string payload = "{}", long ack = 0) =>
        SendAsync(new SendSignal(to, seq, ack, new(Encoding.UTF8.GetBytes(payload))));

    public Task SendTextAsync(string text) => SendRawAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool end = true)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.SendAsync(bytes, type, end, deadline.Token);
    }

    /// <summary>The next message, which must be of this kind.</summary>
    public async Task<T> ReceiveAsync<T>() where T : ServerMessage
    {
        var text = await ReceiveTextAsync()
            ?? throw new InvalidOperationException(
                $"closed with {_socket.CloseStatus} {_socket.CloseStatusDescription} instead of a {typeof(T).Name}");
        var message = JsonSerializer.Deserialize(text, WireContext.Default.ServerMessage);
        return message as T ?? throw new InvalidOperationException($"{text} instead of a {typeof(T).Name}");
    }

    /// <summary>The next message; null when the server closed.</summary>
    public async Task<string?> ReceiveTextAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var length = 0;
        while (true)
        {
            var frame = await _socket.ReceiveAsync(_buffer.AsMemory(length), deadline.Token);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                if (_socket.State == WebSocketState.CloseReceived)
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", deadline.Token);
                return null;
            }

            length += frame.Count;
            if (frame.EndOfMessage) return Encoding.UTF8.GetString(_buffer, 0, length);
        }
    }

    /// <summary>Reads on until the server closes.</summary>
    /// <returns>The close code, and the errors that came before it.</returns>
    public async Task<(CloseCode Code, List<Error> Errors)> ReceiveCloseAsync()
    {
        var errors = new List<Error>();
        while (await ReceiveTextAsync() is { } text)
        {
            if (JsonSerializer.Deserialize(text, WireContext.Default.ServerMessage) is Error error) errors.Add(error);
        }

        return ((CloseCode)(int)_socket.CloseStatus!.Value, errors);
    }

    /// <summary>Asks for a pong: what comes before it was all there is.</summary>
    public async Task<List<ServerMessage>> DrainAsync()
    {
        await SendAsync(new Ping());
        var messages = new List<ServerMessage>();
        while (true)
        {
            var message = await ReceiveAsync<ServerMessage>();
            if (message is Pong) return messages;
            messages.Add(message);
        }
    }

    /// <summary>Closes with this code; 1005: with none, as a script's <c>close()</c> does.</summary>
    public async Task CloseAsync(int code = 1000)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.CloseAsync((WebSocketCloseStatus)code, code == (int)WebSocketCloseStatus.Empty ? null : "", deadline.Token);
    }

    /// <summary>The network is gone: no close frame.</summary>
    public void Break() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
