using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Lab.Network;

namespace Causeway.Lab.Browsers;

/// <summary>
/// The few commands of WebDriver BiDi (https://w3c.github.io/webdriver-bidi) that drive one window of a browser on another host. The
/// debugging port is on that host's loopback, which only a socket made inside its network reaches.
/// </summary>
internal sealed class BiDi : IAsyncDisposable
{
    // A session is given when the browser has finished what it does after its start, for which it waits until nothing else is to be done.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _commands;
    private string _context = "";

    private BiDi()
    {
    }

    /// <summary>Connects to a browser's debugging port and takes its window.</summary>
    public static async Task<BiDi> ConnectAsync(Host host, int port)
    {
        var bidi = new BiDi();
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = host.Call(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpMessageInvoker(handler, disposeHandler: false);
        await bidi._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/session"), http, CancellationToken.None);
        bidi._reading = bidi.ReadAsync();
        await bidi.CommandAsync("session.new", new() { ["capabilities"] = new JsonObject() });
        var tree = await bidi.CommandAsync("browsingContext.getTree", []);
        bidi._context = tree["contexts"]![0]!["context"]!.GetValue<string>();
        return bidi;
    }

    /// <summary>Opens an address and waits until the page has loaded.</summary>
    public Task NavigateAsync(Uri address) =>
        CommandAsync("browsingContext.navigate", new() { ["context"] = _context, ["url"] = address.ToString(), ["wait"] = "complete" });

    /// <summary>Evaluates an expression of JavaScript, as if a person had just touched the page, and waits for its promise.</summary>
    /// <returns>A string, number or boolean; null for anything else.</returns>
    /// <exception cref="InvalidOperationException">It threw.</exception>
    public async Task<JsonValue?> EvaluateAsync(string expression)
    {
        var answer = await CommandAsync("script.evaluate", new()
        {
            ["expression"] = expression,
            ["target"] = new JsonObject { ["context"] = _context },
            ["awaitPromise"] = true,
            ["userActivation"] = true,
        });
        if (answer["type"]!.GetValue<string>() == "exception")
            throw new InvalidOperationException($"'{expression}' threw {answer["exceptionDetails"]!["text"]}");
        return answer["result"]!["value"] as JsonValue;
    }

    /// <summary>Chooses a file for an input element.</summary>
    public async Task ChooseFileAsync(string selector, string file)
    {
        var element = await CommandAsync("browsingContext.locateNodes",
            new() { ["context"] = _context, ["locator"] = new JsonObject { ["type"] = "css", ["value"] = selector } });
        await CommandAsync("input.setFiles", new()
        {
            ["context"] = _context,
            ["element"] = new JsonObject { ["sharedId"] = element["nodes"]![0]!["sharedId"]!.GetValue<string>() },
            ["files"] = new JsonArray(file),
        });
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task<JsonNode> CommandAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _commands);
        var answer = _waiting.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        var given = await answer.Task.WaitAsync(Patience);
        return given["result"] ?? throw new InvalidOperationException($"{method} was refused: {given["error"]}: {given["message"]}");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) break;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                var node = JsonNode.Parse(message.ToArray())!;
                message.SetLength(0);
                // What has no id is an event; none was subscribed to.
                if (node["id"] is { } id && _waiting.TryRemove(id.GetValue<int>(), out var waiting)) waiting.SetResult(node);
            }
        }
        catch (Exception ended) when (ended is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The browser was closed, or this is being disposed; waiting callers get an error below.
        }

        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(new InvalidOperationException("the browser closed its debugging port"));
    }
}
