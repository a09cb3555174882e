using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Blueprint.Formats;
using Causeway.Signalling.Wire;
using Causeway.Turn.Client;

namespace Causeway.Ops.Check;

/// <summary>Queries the page's health, and joins a new room over the WebSocket, as a browser does, to receive iceServers.</summary>
internal sealed class SignallingCheck(CheckTarget target, Trust trust) : IDisposable
{
    private const int MaxMessage = 256 * 1024;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = trust.Callback },
    });

    public void Dispose() => _http.Dispose();

    public async Task<CheckResult> HealthAsync(CheckResult row, CancellationToken cancellation)
    {
        try
        {
            var start = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Page, "healthz"));
            using var response = await _http.SendAsync(request, cancellation);
            if (response.IsSuccessStatusCode) return row.Pass($"{(int)response.StatusCode}", Stopwatch.GetElapsedTime(start));
            return row.Fail($"{(int)response.StatusCode}", response.StatusCode == HttpStatusCode.ServiceUnavailable
                ? new("the service runs but can't serve: it is stopping, or its rooms don't answer", "check its log")
                : new("the server isn't Causeway's signalling", "check the address, and how a proxy handles /healthz"));
        }
        catch (HttpRequestException failure)
        {
            return row.Fail(failure.Message, Http(failure));
        }
    }

    /// <summary>Queries which relays signalling knows by their heartbeats.</summary>
    public async Task<CheckResult> RelaysAsync(CheckResult row, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Page, "healthz/relays"));
            using var response = await _http.SendAsync(request, cancellation);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable))
                return row.Skip($"HTTP {(int)response.StatusCode}: an older version, or not Causeway's signalling");
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation));
            var status = json.RootElement.GetProperty("status").GetString() ?? "";
            return response.IsSuccessStatusCode
                ? row.Pass(status == "ok" ? "a relay is ready" : status)
                : row.Fail(status, new(
                    "no relay is ready and sends heartbeats; browsers get the relays of signalling's settings",
                    "check the relay's log, its /readyz and relay.heartbeat"));
        }
        catch (HttpRequestException failure)
        {
            return row.Fail(failure.Message, Http(failure));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return row.Skip("the response isn't from Causeway's signalling");
        }
    }

    public async Task<(CheckResult Result, IReadOnlyList<IceServer> IceServers)> WelcomeAsync(
        CheckResult row, CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(SignallingProtocol.Subprotocol);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(target.WebSocket, _http, cancellation);
            var room = $"check-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
            await SendAsync(socket, new { type = "hello", room, name = "ops check" }, cancellation);
            using var welcome = await ReceiveAsync(socket, "welcome", cancellation);
            var servers = welcome.RootElement.GetProperty("iceServers").Deserialize<IceServer[]>(JsonFormat.Settings) ?? [];

            var start = Stopwatch.GetTimestamp();
            await SendAsync(socket, new { type = "ping" }, cancellation);
            using var pong = await ReceiveAsync(socket, "pong", cancellation);
            var time = Stopwatch.GetElapsedTime(start);

            await SendAsync(socket, new { type = "leave" }, cancellation);
            if (servers.Length > 0) return (row.Pass($"joined a room, {servers.Sum(server => server.Urls.Count)} ICE URLs", time), servers);
            return (row.Fail("joined a room, no iceServers", new(
                "signalling has no STUN or TURN URLs", "set signalling.ice.stunUrls and signalling.ice.turnUrls")), []);
        }
        catch (RefusedByServer refused)
        {
            return (row.Fail(refused.Message, Refusal(refused.Code)), []);
        }
        catch (WebSocketException failure)
        {
            return (row.Fail(failure.InnerException?.Message ?? failure.Message, Handshake(socket, failure)), []);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (row.Fail(failure.Message, new(
                $"the server's {SignallingProtocol.Subprotocol} differs from that of this ops", "use the server's version of ops")), []);
        }
    }

    // Signalling refuses by an `error` over the WebSocket, since browsers hide an HTTP status from the page.
    private static Diagnosis Refusal(string? code) => code switch
    {
        "not-allowed" => NotAllowed,
        "server-full" => Full,
        "address-full" => new(
            "the server has too many connections from this address",
            "close some; raise signalling.limits.connectionsPerAddress if many users share the address"),
        _ => Ended,
    };

    private Diagnosis Handshake(ClientWebSocket socket, WebSocketException failure) => socket.HttpStatusCode switch
    {
        HttpStatusCode.Forbidden => NotAllowed,
        HttpStatusCode.ServiceUnavailable => Full,
        HttpStatusCode.NotFound or HttpStatusCode.OK or HttpStatusCode.UpgradeRequired or HttpStatusCode.BadRequest
            or HttpStatusCode.BadGateway => new(
                "a proxy doesn't forward WebSocket upgrades, or the server is another service",
                "configure the proxy to forward Upgrade and Connection for /ws"),
        _ when failure.InnerException is HttpRequestException inner => Http(inner),
        _ => Ended,
    };

    private static readonly Diagnosis NotAllowed = new(
        "the server refuses the origin or host", "add it to signalling.origins; this check sends no origin, so check a proxy on the path");

    private static readonly Diagnosis Full = new(
        "the server is full or stopping", "try again; raise signalling.limits.sessions if it persists");

    private static readonly Diagnosis Ended = new(
        "the connection ended before the welcome", "check signalling's log, and the idle timeout of a proxy");

    private Diagnosis Http(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => new(
            "the TLS handshake failed", "see the certificate row; if the certificate is self-signed, pass its file with --trust"),
        HttpRequestError.NameResolutionError => new("the name doesn't resolve", "see the dns row"),
        HttpRequestError.ConnectionError => new(
            "nothing answers on the page's port", "check that signalling runs and listens there, and that the port is open"),
        _ => new("the response isn't HTTP", target.Secure
            ? "check that signalling, and not another program, listens on that port"
            : $"if the page uses HTTPS, check https://{target.Page.Authority} instead; otherwise check which program listens there"),
    };

    private static async Task SendAsync(ClientWebSocket socket, object message, CancellationToken cancellation) =>
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellation);

    private static async Task<JsonDocument> ReceiveAsync(ClientWebSocket socket, string wanted, CancellationToken cancellation)
    {
        while (true)
        {
            using var message = new MemoryStream();
            var buffer = new byte[4096];
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
                if (part.MessageType == WebSocketMessageType.Close)
                    throw new WebSocketException($"closed with {(int?)socket.CloseStatus} {socket.CloseStatusDescription}");
                message.Write(buffer, 0, part.Count);
                if (message.Length > MaxMessage) throw new JsonException($"a message is longer than {MaxMessage} bytes");
            } while (!part.EndOfMessage);

            var json = JsonDocument.Parse(message.ToArray());
            var type = json.RootElement.GetProperty("type").GetString();
            if (type == wanted) return json;
            if (type == "error") throw new RefusedByServer(Text("code"), $"the server refused: {Text("message")}");

            json.Dispose();

            string? Text(string name) => json.RootElement.GetProperty(name).GetString();
        }
    }

    private sealed class RefusedByServer(string? code, string message) : Exception(message)
    {
        public string? Code { get; } = code;
    }
}
