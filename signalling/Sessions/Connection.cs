using System.Net.WebSockets;
using System.Threading.Channels;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// One WebSocket: complete text messages in, a bounded queue of messages out, and exactly one close. It does not know rooms or sessions.
/// <code>
///   RunAsync ─┬─ receive: frames ─▶ one message ─▶ the given handler, one at a time
///             └─ send:    queue ─▶ frames ─▶ close frame
/// </code>
/// </summary>
/// <param name="socket">The accepted WebSocket.</param>
/// <param name="frames">Counts the frames below it.</param>
/// <param name="limits">The client's limits.</param>
/// <param name="time">The clock.</param>
/// <param name="kept">Counts the bytes kept for the client.</param>
internal sealed class Connection(
    WebSocket socket, FrameMeter frames, SignallingLimitOptions limits, TimeProvider time, KeptBytes.Share kept)
{
    /// <summary>How long a client may take to answer a close frame before the connection is cut.</summary>
    public static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(5);

    // The bytes of each direction that do not count in the share of the client's address, so that any client can be answered.
    private const int Uncounted = 4096;

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

    /// <summary>Completes if the client does not answer a close within <see cref="CloseDeadline"/>.</summary>
    public Task Expired => _expired.Task;

    /// <summary>Counts the bytes kept for the client.</summary>
    public KeptBytes.Share Kept => kept;

    /// <summary>Whether a close has started; the client's messages are ignored from then on.</summary>
    public bool IsClosing => _closed;

    /// <summary>
    /// Serves the socket until either side closes it or it is lost. Does not throw for what the network or the client does.
    /// </summary>
    /// <param name="handle">Called with each message's text; the memory is valid until it returns.</param>
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
            while (_outgoing.Reader.TryRead(out var unsent)) unsent.Kept?.Release();
            _closeTimer?.Dispose();
        }
    }

    /// <summary>Queues a message; closes a client that leaves too many unread.</summary>
    public void Send(ServerMessage message) => Send(WireJson.Write(message));

    /// <inheritdoc cref="Send(ServerMessage)"/>
    public void Send(ReadOnlyMemory<byte> wire)
    {
        if (!Counts(wire, out var bytes)) return;
        var message = bytes > Uncounted ? new KeptWire(wire, kept) : null;
        if (message?.TryHold() == false || !TryQueue(new(wire, Counted: true, message))) CloseSlow();
    }

    /// <summary>Queues a message that another queue holds too; closes a client that leaves too many unread.</summary>
    public void Send(KeptWire message)
    {
        if (!Counts(message.Wire, out _)) return;
        message.Hold();
        TryQueue(new(message.Wire, Counted: true, message));
    }

    /// <summary>Queues a message again after a resume. It does not count: the session's windows bound it.</summary>
    public void SendAgain(KeptWire message)
    {
        message.Hold();
        TryQueue(new(message.Wire, Counted: false, message));
    }

    /// <summary>Closes the connection: queued messages are sent first, then the close frame. The first call wins.</summary>
    /// <param name="code">The reason for programs.</param>
    /// <param name="reason">The reason for people; at most 123 bytes (RFC 6455 §5.5).</param>
    /// <param name="last">A last message that explains the close.</param>
    public void Close(CloseCode code, string reason, ServerMessage? last = null)
    {
        lock (_gate)
        {
            if (_closing is not null) return;
            _closeReason = reason;
            _closing = code;
            _closed = true;
            // A client that does not read would not reach the close frame behind a full queue.
            _discard = code == CloseCode.SlowReader;
            if (last is not null) _outgoing.Writer.TryWrite(new(WireJson.Write(last), Counted: false, null));
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
        // Grows with the message, up to one byte above the limit: enough to see that it is exceeded.
        var first = new byte[Math.Min(Uncounted, limits.MessageBytes + 1)];
        var buffer = first;
        var length = 0;
        try
        {
            while (true)
            {
                var frame = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (frame.MessageType == WebSocketMessageType.Close)
                {
                    if (_closing is { } ours) return new(ours, ByClient: false);
                    // The framework reports 1000 for a close frame without a code.
                    var code = frames.ClosedWithoutCode ? null : (CloseCode?)(int?)socket.CloseStatus;
                    Close(CloseCode.Bye, "");
                    return new(code, ByClient: true);
                }

                if (IsClosing)
                {
                    Empty();
                    continue;
                }

                length += frame.Count;
                if (frame.MessageType == WebSocketMessageType.Binary)
                {
                    Fail(CloseCode.Binary, ErrorCodes.Binary, "binary messages are not supported; send JSON in a text message");
                }
                else if (length > limits.MessageBytes)
                {
                    Fail(CloseCode.TooBig, ErrorCodes.TooBig,
                        $"a message may have at most {limits.MessageBytes} bytes; send files over a data channel");
                }
                else if (frame.EndOfMessage)
                {
                    await handle(buffer.AsMemory(0, length));
                    Empty();
                }
                else if (length == buffer.Length)
                {
                    var more = (int)Math.Min(buffer.Length, limits.MessageBytes + 1L - buffer.Length);
                    if (kept.TryTake(more)) Array.Resize(ref buffer, buffer.Length + more);
                    else Fail(CloseCode.TryLater, ErrorCodes.ServerFull, "too many bytes wait for your address; reconnect and resume");
                }
            }
        }
        catch (Exception lost) when (IsNetwork(lost))
        {
            socket.Abort();
            return new(_closing, ByClient: false);
        }
        finally
        {
            Empty();
        }

        // A client that sent one large message sends mostly small ones.
        void Empty()
        {
            kept.Give(buffer.Length - first.Length);
            (buffer, length) = (first, 0);
        }

        void Fail(CloseCode code, string error, string message)
        {
            Empty();
            Close(code, message[..message.IndexOfAny([':', ';'])], new Error(error, message, Fatal: true));
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync())
            {
                try
                {
                    if (_discard) continue;
                    await socket.SendAsync(message.Wire, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                }
                finally
                {
                    message.Kept?.Release();
                }

                if (!message.Counted) continue;
                Interlocked.Decrement(ref _queuedMessages);
                Interlocked.Add(ref _queuedBytes, -message.Wire.Length);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync((WebSocketCloseStatus)(int)_closing!.Value, _closeReason, CancellationToken.None);
        }
        catch (Exception lost) when (IsNetwork(lost))
        {
            // The receiving side ends too, and returns how.
            socket.Abort();
        }
    }

    // Whether another message fits into the queue.
    private bool Counts(ReadOnlyMemory<byte> wire, out int bytes)
    {
        bytes = Interlocked.Add(ref _queuedBytes, wire.Length);
        if (Interlocked.Increment(ref _queuedMessages) <= limits.OutgoingMessages && bytes <= limits.OutgoingBytes) return true;
        CloseSlow();
        return false;
    }

    private void CloseSlow() => Close(CloseCode.SlowReader, "messages were not read; reconnect and resume");

    private bool TryQueue(Outgoing message)
    {
        if (_outgoing.Writer.TryWrite(message)) return true;
        message.Kept?.Release();
        return false;
    }

    private static bool IsNetwork(Exception exception) =>
        exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;

    private readonly record struct Outgoing(ReadOnlyMemory<byte> Wire, bool Counted, KeptWire? Kept);
}

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code; null if the connection broke, or the client sent none.</param>
/// <param name="ByClient">Whether the client closed.</param>
internal readonly record struct ConnectionEnd(CloseCode? Code, bool ByClient);
