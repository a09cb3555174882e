using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Waits for a socket's next datagram without receiving it, so that an idle socket holds no buffer. The framework's own awaitable calls
/// throw an exception for each error, and on a relay socket anyone can cause errors by ICMP; this returns them. One wait at a time; a wait
/// allocates nothing.
/// </summary>
internal sealed class DatagramWait : SocketAsyncEventArgs, IValueTaskSource<SocketError>
{
    // Never read.
    private static readonly byte[] Peeked = new byte[1];

    private readonly Socket _socket;
    private ManualResetValueTaskSourceCore<SocketError> _source;

    public DatagramWait(Socket socket)
        : base(unsafeSuppressExecutionContextFlow: true)
    {
        _socket = socket;
        SetBuffer(Peeked);
    }

    /// <summary>
    /// Waits. It is completed at once when a datagram or an error is there; <see cref="SocketError.MessageSize"/> means on Windows that the
    /// datagram is longer than one byte.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public ValueTask<SocketError> NextAsync()
    {
        _source.Reset();
        // A receive replaces them by those of the message.
        SocketFlags = SocketFlags.Peek;
        return _socket.ReceiveAsync(this) ? new(this, _source.Version) : new(SocketError);
    }

    SocketError IValueTaskSource<SocketError>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<SocketError>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<SocketError>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) => _source.SetResult(e.SocketError);
}
