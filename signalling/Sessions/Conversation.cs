using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// The messages of one connected client and the answers to them, from its hello to its end. Messages are handled one at a time.
/// </summary>
/// <param name="sessions">Begins sessions.</param>
/// <param name="signals">Forwards the client's signals.</param>
/// <param name="connection">The client's connection.</param>
/// <param name="frames">Counts the frames below it.</param>
/// <param name="limits">The client's limits for as long as it is connected, even after a reload.</param>
/// <param name="metrics">Counts messages.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class Conversation(
    SessionHost sessions,
    SignalForwarder signals,
    Connection connection,
    FrameMeter frames,
    SignallingLimitOptions limits,
    SignallingMetrics metrics,
    TimeProvider time,
    ILogger log)
{
    private readonly TokenBucket _rate = new(limits.MessagesPerSecond, time);
    private Session? _session;
    private volatile bool _helloCame;
    private bool _left;
    private int _bad;
    private int _late;

    /// <summary>Called when the client has a session, before it hears of it: from then on no newer connection may take its slot.</summary>
    public Action? Joining { get; set; }

    /// <summary>Serves the client until its connection ends.</summary>
    public async Task RunAsync()
    {
        ConnectionEnd end;
        (frames.Counts, frames.Ending) = (CountFrame, () => connection.Expired);
        using (time.CreateTimer(_ => HelloIsLate(), null, limits.HelloDeadline, Timeout.InfiniteTimeSpan))
            end = await connection.RunAsync(HandleAsync);

        metrics.Closed(end.Code, end.ByClient);
        log.ConnectionEnded(_session?.Address.Member, end.Code, end.ByClient);
        if (_session is not { } session) return;
        if (ReasonToLeave(end) is { } reason) await session.EndAsync(connection, reason);
        else session.Detach(connection);
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> text)
    {
        if (!Count()) return;
        if (!WireJson.TryRead(text.Span, out var message, out var fault) || (fault = MessageRules.Fault(message)) is not null)
        {
            Bad(new(ErrorCodes.BadMessage, fault, Fatal: false));
            return;
        }

        metrics.Received(message);
        try
        {
            await HandleAsync(message);
        }
        catch (Exception failure)
        {
            log.HandlingFailed(message.GetType().Name, failure);
            Fail(CloseCode.Internal, "the server failed; reconnect", ErrorCodes.Internal,
                "the server failed to handle a message; reconnect and resume");
        }
    }

    /// <summary>The frames that may still arrive after the server has closed: those in flight.</summary>
    public static int LateFrames(SignallingLimitOptions limits) => 2 * limits.MessagesPerSecond;

    // A complete message is counted where it is handled. Pings, pongs and fragments cost as much.
    private bool CountFrame(bool endsMessage)
    {
        if (connection.IsClosing) return ++_late <= LateFrames(limits);
        if (!endsMessage) Count();
        return true;
    }

    private string TooFast => $"more than {limits.MessagesPerSecond} messages per second";

    private bool Count()
    {
        switch (_rate.Take())
        {
            case TokenBucket.Verdict.Tell:
                Refuse(new(ErrorCodes.TooFast, $"{TooFast}; slow down, or the connection is closed", Fatal: false));
                return true;
            case TokenBucket.Verdict.Close:
                Fail(CloseCode.TooFast, "too many messages", ErrorCodes.TooFast, $"{TooFast}, repeatedly");
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
                connection.Send(new Pong());
                break;
            case (Hello hello, null):
                _helloCame = true;
                _session = await sessions.BeginAsync(hello, connection, Joining);
                break;
            case (Hello, _):
                Bad(new(
                    ErrorCodes.AlreadyJoined, "this connection has already joined a room; open another connection for another room",
                    Fatal: false));
                break;
            case (Leave, _):
                _left = true;
                if (_session is not null) await _session.EndAsync(connection, "left");
                connection.Close(CloseCode.Bye, "bye");
                break;
            case (_, null):
                Bad(new(ErrorCodes.NotJoined, "send hello first", Fatal: false));
                break;
            case (SendSignal signal, var session):
                Answer(await signals.SendAsync(session, signal));
                break;
            case (SendAck ack, var session):
                Answer(await signals.SendAsync(session, ack));
                break;
        }
    }

    // Only violations of the protocol count: a member may leave, or be slow, at any time.
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
        metrics.Refused(error.Code);
        connection.Send(error);
    }

    private void Fail(CloseCode close, string reason, string code, string message)
    {
        metrics.Refused(code);
        connection.Close(close, reason, new Error(code, message, Fatal: true));
    }

    private void HelloIsLate()
    {
        if (!_helloCame)
            connection.Close(CloseCode.NoHello, $"no hello within {limits.HelloDeadline.TotalSeconds:0.#} s");
    }

    // Why the session ends with the connection; null if its client may resume.
    private string? ReasonToLeave(ConnectionEnd end) => end switch
    {
        // No other close ends the session: a browser closes with 1001 when it suspends a page, and without a code if its script gave none.
        { ByClient: true, Code: CloseCode.Bye } => "left",
        { ByClient: true } => null,
        _ when _left => "left",
        { Code: CloseCode.BadMessages or CloseCode.TooFast or CloseCode.TooBig or CloseCode.Binary } => Session.Removed,
        _ => null,
    };
}
