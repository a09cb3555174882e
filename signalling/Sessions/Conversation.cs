using System.Net.WebSockets;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>What one connected client says and is answered, from its hello to its end. Messages are handled one after the other.</summary>
/// <param name="host">Begins and ends sessions.</param>
/// <param name="socket">The accepted WebSocket.</param>
/// <param name="frames">Sees the frames below it.</param>
/// <param name="limits">What the client must keep to for as long as it is connected, whatever a reload brings.</param>
/// <param name="kept">Counts what is kept for the client.</param>
/// <param name="log">The log.</param>
internal sealed class Conversation(
    SessionHost host, WebSocket socket, FrameMeter frames, SignallingLimitOptions limits, KeptBytes.Share kept, ILogger log)
{
    private readonly Connection _connection = new(socket, frames, limits, host.Time, kept);
    private readonly TokenBucket _rate = new(limits.MessagesPerSecond, host.Time);
    private Session? _session;
    private volatile bool _helloCame;
    private bool _left;
    private int _bad;
    private int _late;

    /// <summary>The client's connection.</summary>
    public Connection Connection => _connection;

    /// <summary>Called when the client has a session.</summary>
    public Action? Joined { get; set; }

    /// <summary>Serves the client until its connection ends.</summary>
    public async Task RunAsync()
    {
        ConnectionEnd end;
        (frames.Counts, frames.Ending) = (CountFrame, () => _connection.Expired);
        using (host.Time.CreateTimer(_ => HelloIsLate(), null, limits.HelloDeadline, Timeout.InfiniteTimeSpan))
            end = await _connection.RunAsync(HandleAsync);

        host.Metrics.Closed(end);
        log.ConnectionEnded(_session?.Address.Member, end.Code, end.ByClient);
        if (_session is not { } session) return;
        if (ReasonToLeave(end) is { } reason) await session.EndAsync(_connection, reason);
        else session.Detach(_connection);
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> text)
    {
        if (!Count()) return;
        if (!WireJson.TryRead(text.Span, out var message, out var fault) || (fault = MessageRules.Fault(message)) is not null)
        {
            Bad(new(ErrorCodes.BadMessage, fault, Fatal: false));
            return;
        }

        host.Metrics.Received(message);
        try
        {
            await HandleAsync(message);
        }
        catch (Exception failure)
        {
            log.HandlingFailed(message.GetType().Name, failure);
            Fail(CloseCode.Internal, "the server failed; connect again", ErrorCodes.Internal, "the server failed to handle a message; connect again and resume");
        }
    }

    /// <summary>Frames that may still come when the server has closed: what was on its way.</summary>
    public static int LateFrames(SignallingLimitOptions limits) => 2 * limits.MessagesPerSecond;

    // A whole message is counted where it is handled. Pings, pongs and the pieces of a message cost as much.
    private bool CountFrame(bool endsMessage)
    {
        if (_connection.IsClosing) return ++_late <= LateFrames(limits);
        if (!endsMessage) Count();
        return true;
    }

    private string TooFast => $"more than {limits.MessagesPerSecond} messages in a second";

    private bool Count()
    {
        switch (_rate.Take())
        {
            case TokenBucket.Verdict.Tell:
                Refuse(new(ErrorCodes.TooFast, $"{TooFast}; slow down, or the connection is closed", Fatal: false));
                return true;
            case TokenBucket.Verdict.Close:
                Fail(CloseCode.TooFast, "too many messages", ErrorCodes.TooFast, $"{TooFast}, again and again");
                return false;
            default:
                return true;
        }
    }

    private async ValueTask HandleAsync(ClientMessage message)
    {
        switch (message, _session)
        {
            case (Ping, _):
                _connection.Send(new Pong());
                break;
            case (Hello hello, null):
                _helloCame = true;
                _session = await host.BeginAsync(hello, _connection);
                if (_session is not null) Joined?.Invoke();
                break;
            case (Hello, _):
                Bad(new(ErrorCodes.AlreadyJoined, "this connection has joined a room; open another one for another room", Fatal: false));
                break;
            case (Leave, _):
                _left = true;
                if (_session is not null) await _session.EndAsync(_connection, "left");
                _connection.Close(CloseCode.Bye, "bye");
                break;
            case (_, null):
                Bad(new(ErrorCodes.NotJoined, "say hello first", Fatal: false));
                break;
            case (SendSignal signal, var session):
                Answer(await session.SendAsync(signal));
                break;
            case (SendAck ack, var session):
                Answer(await session.SendAsync(ack));
                break;
        }
    }

    // Only what a client that keeps to the protocol never sends counts against it: a member may leave, or be slow, at any time.
    private void Answer(Error? error)
    {
        if (error is null) return;
        if (error.Code == ErrorCodes.BadAck) Bad(error);
        else Refuse(error);
    }

    private void Bad(Error error)
    {
        if (++_bad <= limits.BadMessages) Refuse(error);
        else Fail(CloseCode.BadMessages, "too many bad messages", error.Code, error.Message);
    }

    private void Refuse(Error error)
    {
        host.Metrics.Refused(error.Code);
        _connection.Send(error);
    }

    private void Fail(CloseCode close, string reason, string code, string message)
    {
        host.Metrics.Refused(code);
        _connection.Close(close, reason, new Error(code, message, Fatal: true));
    }

    private void HelloIsLate()
    {
        if (!_helloCame)
            _connection.Close(CloseCode.NoHello, $"no hello within {limits.HelloDeadline.TotalSeconds:0.#} s");
    }

    // Why the session ends with the connection; null when its client may come back.
    private string? ReasonToLeave(ConnectionEnd end) => end switch
    {
        // Nothing else is a goodbye: a browser closes with 1001 when it suspends a page, and without a code when its script gave none.
        { ByClient: true, Code: CloseCode.Bye } => "left",
        { ByClient: true } => null,
        _ when _left => "left",
        { Code: CloseCode.BadMessages or CloseCode.TooFast or CloseCode.TooBig or CloseCode.Binary } => Session.Removed,
        _ => null,
    };
}
