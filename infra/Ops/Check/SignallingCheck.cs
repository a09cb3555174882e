using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Blueprint.Services;
using Causeway.Signalling.Wire;
using Causeway.Turn.Client;

namespace Causeway.Ops.Check;

/// <summary>Asks the page's health, and joins a room of its own over the WebSocket, as a browser does, to be given iceServers.</summary>
internal sealed class SignallingCheck(CheckTarget target, Trust trust) : IDisposable
{
    private const int MaxMessage = 256 * 1024;
    private const string ErrorCode = "code";

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
                ? new("the service runs and says that it cannot serve: it stops, or its rooms do not answer", "look at its log")
                : new("what answers is not Causeway's signalling", "check the address, and what a proxy before it does with /healthz"));
        }
        catch (HttpRequestException failure)
        {
            return row.Fail(failure.Message, Http(failure));
        }
    }

    /// <summary>What signalling knows of the relays, by their heartbeats.</summary>
    public async Task<CheckResult> RelaysAsync(CheckResult row, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Page, "healthz/relays"));
            using var response = await _http.SendAsync(request, cancellation);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable)) return row.Skip($"answered {(int)response.StatusCode}: an older version, or not Causeway's signalling");
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation));
            var status = json.RootElement.GetProperty("status").GetString() ?? "";
            return response.IsSuccessStatusCode
                ? row.Pass(status == "ok" ? "a relay is ready" : status)
                : row.Fail(status, new("signalling hears of no relay that it could hand out; browsers get the relays of its settings", "look at the relay's log, its /readyz and relay.heartbeat"));
        }
        catch (HttpRequestException failure)
        {
            return row.Fail(failure.Message, Http(failure));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return row.Skip("the answer is not Causeway's signalling's");
        }
    }

    public async Task<(CheckResult Result, IReadOnlyList<IceServer> IceServers)> WelcomeAsync(CheckResult row, CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(SignallingProtocol.Subprotocol);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(target.WebSocket, _http, cancellation);
            await SendAsync(socket, new { type = "hello", room = $"check-{RandomNumberGenerator.GetHexString(16, lowercase: true)}", name = "ops check" }, cancellation);
            using var welcome = await ReceiveAsync(socket, "welcome", cancellation);
            var servers = welcome.RootElement.GetProperty("iceServers").Deserialize<IceServer[]>(SettingsJson.Format) ?? [];

            var start = Stopwatch.GetTimestamp();
            await SendAsync(socket, new { type = "ping" }, cancellation);
            using var pong = await ReceiveAsync(socket, "pong", cancellation);
            var time = Stopwatch.GetElapsedTime(start);

            await SendAsync(socket, new { type = "leave" }, cancellation);
            return servers.Length > 0
                ? (row.Pass($"joined a room, {servers.Sum(server => server.Urls.Count)} ICE URLs", time), servers)
                : (row.Fail("joined a room, no iceServers", new("signalling has no STUN or TURN URL to hand out", "set signalling.ice.stunUrls and signalling.ice.turnUrls")), []);
        }
        catch (WebSocketException failure)
        {
            return (row.Fail(failure.InnerException?.Message ?? failure.Message, Upgrade(socket, failure)), []);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (row.Fail(failure.Message, new($"what answers does not speak {SignallingProtocol.Subprotocol} as this version of ops does", "check that both are of the same version")), []);
        }
    }

    private Diagnosis Upgrade(ClientWebSocket socket, WebSocketException failure) => failure.Data[ErrorCode] switch
    {
        // What browsers are told over the WebSocket, because they hide an HTTP status from the page.
        "not-allowed" => new(
            "the origin or the name is refused", "add it to signalling.origins; this check sends no origin, so look at a proxy on the way"),
        "server-full" => new("the server is full, or stops", "try again; raise signalling.limits.sessions if it stays so"),
        "address-full" => new(
            "the server has enough connections from this address", "close some; raise signalling.limits.connectionsPerAddress if many share it"),
        _ => Handshake(socket, failure),
    };

    private Diagnosis Handshake(ClientWebSocket socket, WebSocketException failure) => socket.HttpStatusCode switch
    {
        HttpStatusCode.Forbidden => new("the origin is refused", "add it to signalling.origins; this check sends none, so look at a proxy on the way"),
        HttpStatusCode.ServiceUnavailable => new("the server is full, or stops", "try again; raise signalling.limits.sessions if it stays so"),
        HttpStatusCode.NotFound or HttpStatusCode.OK or HttpStatusCode.UpgradeRequired or HttpStatusCode.BadRequest or HttpStatusCode.BadGateway =>
            new("a proxy on the way does not pass WebSocket upgrades on, or the address is another service's", "let the proxy forward Upgrade and Connection for /ws"),
        _ when failure.InnerException is HttpRequestException inner => Http(inner),
        _ => new("the connection ended before the welcome", "look at signalling's log; a proxy with a short idle timeout does this too"),
    };

    private Diagnosis Http(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => new("the TLS handshake failed", "the certificate row says why; for a certificate that signs itself give its file with --trust"),
        HttpRequestError.NameResolutionError => new("the name is unknown", "the dns row says why"),
        HttpRequestError.ConnectionError => new("nothing answers on the page's port", "check that signalling runs and listens there, and that the port is open"),
        _ => new("the answer is not HTTP", target.Secure
            ? "check that signalling, and not something else, listens on that port"
            : $"where the page is served over HTTPS, check https://{target.Page.Authority} instead; else check that signalling, and not something else, listens there"),
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
                if (part.MessageType == WebSocketMessageType.Close) throw new WebSocketException($"closed with {(int?)socket.CloseStatus} {socket.CloseStatusDescription}");
                message.Write(buffer, 0, part.Count);
                if (message.Length > MaxMessage) throw new JsonException($"a message is longer than {MaxMessage} bytes");
            } while (!part.EndOfMessage);

            var json = JsonDocument.Parse(message.ToArray());
            var type = json.RootElement.GetProperty("type").GetString();
            if (type == wanted) return json;
            if (type == "error")
            {
                throw new WebSocketException($"the service answered: {json.RootElement.GetProperty("message").GetString()}")
                {
                    Data = { [ErrorCode] = json.RootElement.GetProperty("code").GetString() },
                };
            }

            json.Dispose();
        }
    }
}
