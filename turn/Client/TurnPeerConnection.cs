using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>A TCP connection to a peer through the relay (RFC 6062): a connection of its own, which carries the peer's bytes.</summary>
public sealed class TurnPeerConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private byte[] _rest;

    private TurnPeerConnection(Stream stream, byte[] rest, TransportAddress peer) => (_stream, _rest, Peer) = (stream, rest, peer);

    /// <summary>The peer's address.</summary>
    public TransportAddress Peer { get; }

    /// <summary>Sends bytes to the peer; waits while the peer doesn't read.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default) =>
        _stream.WriteAsync(bytes, cancellation);

    /// <summary>Receives bytes of the peer.</summary>
    /// <returns>Their number; 0 when the connection was closed.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (_rest.Length == 0) return await _stream.ReadAsync(buffer, cancellation);

        var length = Math.Min(_rest.Length, buffer.Length);
        _rest.AsSpan(0, length).CopyTo(buffer.Span);
        _rest = _rest[length..];
        return length;
    }

    /// <summary>Closes the connection; the relay then closes the peer's.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>Connects to the server, and binds the connection to a peer's (ConnectionBind, RFC 6062 §4.3).</summary>
    /// <param name="options">The options of the control connection.</param>
    /// <param name="signer">The signer of the control connection.</param>
    /// <param name="number">CONNECTION-ID.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="cancellation">Cancels it.</param>
    internal static async Task<TurnPeerConnection> BindAsync(
        TurnClientOptions options, RequestSigner? signer, uint number, TransportAddress peer, CancellationToken cancellation)
    {
        // Another local port than the control connection's.
        var transport = await StreamTransport.ConnectAsync(options with { Local = null }, cancellation);
        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            bound.CancelAfter(options.Retransmission.Timeout);
            await BindAsync(transport, new(options.Credentials!, options.PasswordAlgorithms, signer), number, bound.Token);
            var (stream, rest) = transport.Detach();
            return new(stream, rest, peer);
        }
        catch (Exception failure)
        {
            await transport.DisposeAsync();
            if (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
                throw new TurnException(TurnFailure.TimedOut, "no answer to ConnectionBind in time", failure);
            if (failure is IOException) throw transport.Explain(failure);
            throw;
        }
    }

    // A server may accept the nonce of the control connection, or send a challenge; that isn't for the control connection.
    private static async Task BindAsync(
        StreamTransport transport, LongTermCredential credential, uint number, CancellationToken cancellation)
    {
        const StunMethod method = StunMethod.ConnectionBind;
        var buffer = new byte[StreamFraming.MaxFrameLength];
        for (var attempt = 1; ; attempt++)
        {
            var signer = credential.Signer;
            var request = TurnRequests.Write(
                method,
                StunTransactions.NewId(),
                (ref StunWriter writer) => writer.Add(StunAttributeType.ConnectionId, number),
                signer);
            await transport.SendAsync(request, cancellation);
            var length = await transport.ReceiveAsync(buffer).AsTask().WaitAsync(cancellation);
            if (length < 0) throw new TurnException(TurnFailure.Closed, "the server closed the connection instead of binding it");

            var mayRetry = attempt < TurnClient.MaxAttempts ? credential : null;
            if (StunJudge.IsFinal(method, buffer[..length], signer, mayRetry)) return;
        }
    }
}
