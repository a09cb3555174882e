using System.Net.WebSockets;
using System.Threading.Channels;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// One WebSocket: whole text messages in, a bounded queue of messages out, and exactly one close. It knows nothing of rooms and sessions.
/// <code>
///   RunAsync ─┬─ receive: frames ─▶ one message ─▶ the given handler, one at a time
///             └─ send:    queue ─▶ frames ─▶ close frame
/// </code>
/// </summary>
/// <param name="socket">The accepted WebSocket.</param>
/// <param name="frames">Sees the frames below it.</param>
/// <param name="limits">What the client must keep to.</param>
/// <param name="time">The clock.</param>
internal sealed class Connection(WebSocket socket, FrameMeter frames, SignallingLimitOptions limits, TimeProvider time)
{
    /// <summary>How long a client has to answer a close frame before the connection is cut.</summary>
    public static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(5);

    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnbounded<Outgoing>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private CloseCode? _closing;
    private string _closeReason = "";
    private ITimer? _closeTimer;
    private int _queuedMessages;
    private int _queuedBytes;
    private volatile bool _discard;
    private volatile bool _closed;
    private readonly TaskCompletionSource _expired = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the client has not answered a close in <see cref="CloseDeadline"/>.</summary>
    public Task Expired => _expired.Task;

    /// <summary>Whether a close was begun; what the client sends from then on is not looked at.</summary>
    public bool IsClosing => _closed;

    /// <summary>Serves the socket until it is closed, by whichever side, or lost. Throws nothing for what the network or the client does.</summary>
    /// <param name="handle">Called with each message's text; the memory is the connection's again when it returns.</param>
    public async Task<ConnectionEnd> RunAsync(Func<ReadOnlyMemory<byte>, ValueTask> handle)
    {
        var sending = SendAsync();
        try
        {
            return await ReceiveAsync(handle);
        }
        finally
        {
            Close(CloseCode.Bye, "");
            await sending;
            _closeTimer?.Dispose();
        }
    }

    /// <summary>Queues a message; a client that lets too many wait is closed.</summary>
    public void Send(ServerMessage message) => Send(WireJson.Write(message));

    /// <inheritdoc cref="Send(ServerMessage)"/>
    public void Send(ReadOnlyMemory<byte> wire)
    {
        var slow = Interlocked.Increment(ref _queuedMessages) > limits.OutgoingMessages
            | Interlocked.Add(ref _queuedBytes, wire.Length) > limits.OutgoingBytes;
        if (slow) Close(CloseCode.SlowReader, "messages were not read; connect again and resume");
        else _outgoing.Writer.TryWrite(new(wire, Counted: true));
    }

    /// <summary>Queues what a resumed session is sent again: bounded by its windows, and no fault of this connection's.</summary>
    public void SendAgain(ReadOnlyMemory<byte> wire) => _outgoing.Writer.TryWrite(new(wire, Counted: false));

    /// <summary>Closes: what is queued goes out first, then the close frame. The first call wins.</summary>
    /// <param name="code">Why, for programs.</param>
    /// <param name="reason">Why, for people; at most 123 bytes (RFC 6455 §5.5).</param>
    /// <param name="last">A last message that explains more.</param>
    public void Close(CloseCode code, string reason, ServerMessage? last = null)
    {
        lock (_gate)
        {
            if (_closing is not null) return;
            _closeReason = reason;
            _closing = code;
            _closed = true;
            // Who does not read would not reach the close frame behind a full queue.
            _discard = code == CloseCode.SlowReader;
            if (last is not null) _outgoing.Writer.TryWrite(new(WireJson.Write(last), Counted: false));
            _outgoing.Writer.Complete();
            _closeTimer = time.CreateTimer(_ => Expire(), null, CloseDeadline, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire()
    {
        socket.Abort();
        _expired.TrySetResult();
    }

    private async Task<ConnectionEnd> ReceiveAsync(Func<ReadOnlyMemory<byte>, ValueTask> handle)
    {
        // Grows to the largest message that came, at most one byte above the limit: enough to see that it was passed.
        var buffer = new byte[Math.Min(4096, limits.MessageBytes + 1)];
        var length = 0;
        try
        {
            while (true)
            {
                var frame = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (frame.MessageType == WebSocketMessageType.Close)
                {
                    if (_closing is { } ours) return new(ours, ByClient: false);
                    // The framework says 1000 for a close frame without a code.
                    var code = frames.ClosedWithoutCode ? null : (CloseCode?)(int?)socket.CloseStatus;
                    Close(CloseCode.Bye, "");
                    return new(code, ByClient: true);
                }

                if (IsClosing)
                {
                    length = 0;
                    continue;
                }

                length += frame.Count;
                if (frame.MessageType == WebSocketMessageType.Binary)
                {
                    Fail(CloseCode.Binary, ErrorCodes.Binary, "this protocol is text: send JSON in a text message");
                }
                else if (length > limits.MessageBytes)
                {
                    Fail(CloseCode.TooBig, ErrorCodes.TooBig, $"a message has at most {limits.MessageBytes} bytes; send files over a data channel");
                }
                else if (frame.EndOfMessage)
                {
                    await handle(buffer.AsMemory(0, length));
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, limits.MessageBytes + 1L));
                }
            }
        }
        catch (Exception lost) when (IsNetwork(lost))
        {
            socket.Abort();
            return new(_closing, ByClient: false);
        }

        void Fail(CloseCode code, string error, string message)
        {
            length = 0;
            Close(code, message[..message.IndexOfAny([':', ';'])], new Error(error, message, Fatal: true));
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync())
            {
                if (_discard) continue;
                await socket.SendAsync(message.Wire, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                if (!message.Counted) continue;
                Interlocked.Decrement(ref _queuedMessages);
                Interlocked.Add(ref _queuedBytes, -message.Wire.Length);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync((WebSocketCloseStatus)(int)_closing!.Value, _closeReason, CancellationToken.None);
        }
        catch (Exception lost) when (IsNetwork(lost))
        {
            // The receiving side ends too, and says how.
            socket.Abort();
        }
    }

    private static bool IsNetwork(Exception exception) =>
        exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;

    private readonly record struct Outgoing(ReadOnlyMemory<byte> Wire, bool Counted);
}

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code; null when the connection broke, or the client gave none.</param>
/// <param name="ByClient">Whether the client closed.</param>
internal readonly record struct ConnectionEnd(CloseCode? Code, bool ByClient);
