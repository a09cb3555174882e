using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Messages as frames of a TCP or TLS connection (RFC 8489 §6.2.2, RFC 8656 §12.5).</summary>
internal sealed class StreamTransport : ITurnTransport
{
    // A ChannelBind request (RFC 8656 §17).
    private const ushort ChannelBind = 0x0009;

    private readonly Stream _stream;
    private readonly TransportAddress _server;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(StreamFraming.MaxFrameLength);
    private int _start;
    private int _end;
    private volatile bool _hasChannel;

    private StreamTransport(ClientTransport transport, Stream stream, Socket socket, TransportAddress server)
    {
        (Transport, _stream, _server) = (transport, stream, server);
        Local = TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
    }

    public ClientTransport Transport { get; }

    public TransportAddress Local { get; }

    /// <exception cref="TurnException">The connection or the TLS handshake failed.</exception>
    public static async Task<StreamTransport> ConnectAsync(TurnClientOptions options, CancellationToken cancellation)
    {
        var server = options.Server.ToIPEndPoint();
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(options.ConnectTimeout);
        try
        {
            if (options.Local is { } local)
            {
                socket.Bind(local.ToIPEndPoint());
                options.Bound?.Invoke(TransportAddress.From((IPEndPoint)socket.LocalEndPoint!));
            }

            if (options.SocketBufferBytes > 0) socket.SendBufferSize = socket.ReceiveBufferSize = options.SocketBufferBytes;
            await socket.ConnectAsync(server, bound.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Transport == ClientTransport.Tls) stream = await AuthenticateAsync(stream, options, bound.Token);
            return new(options.Transport, stream, socket, options.Server);
        }
        catch (Exception failure)
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            if (failure is OperationCanceledException && cancellation.IsCancellationRequested) throw;
            throw Explain(failure, options.Transport, options.Server, options.ConnectTimeout);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            if (message.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(message.Span) == ChannelBind) _hasChannel = true;
            // Not cancelled halfway: a partial frame breaks the stream.
            await _stream.WriteAsync(message, CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            throw Explain(failure);
        }
        finally
        {
            _sending.Release();
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            var received = _received.AsSpan(_start.._end);
            // Without a channel there is no ChannelData: bytes that look like it are another protocol, for example "HTTP/1.1 400".
            var frame = StreamFraming.ReadFrame(received, out var length);
            if (!_hasChannel && ChannelData.IsMatch(received)) frame = StreamFrame.Invalid;
            switch (frame)
            {
                case StreamFrame.Complete:
                    _received.AsMemory(_start, length).CopyTo(buffer);
                    _start += length;
                    return length;
                case StreamFrame.Invalid:
                    throw new TurnException(
                        TurnFailure.BadAnswer,
                        $"{Name(Transport)} {_server}: the response is neither STUN nor ChannelData; check that this is a TURN server");
            }

            _received.AsSpan(_start.._end).CopyTo(_received);
            (_start, _end) = (0, _end - _start);
            var read = await _stream.ReadAsync(_received.AsMemory(_end));
            if (read == 0) return -1;
            _end += read;
        }
    }

    public TurnException Explain(Exception failure) =>
        failure as TurnException
        ?? new(TurnFailure.Closed, $"{Name(Transport)} {_server}: the connection was closed ({failure.Message.TrimEnd('.')})", failure);

    /// <summary>Ends the framing, and hands over the stream with the bytes that were received behind the last message.</summary>
    public (Stream Stream, byte[] Behind) Detach() => (_stream, _received[_start.._end]);

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private static async Task<SslStream> AuthenticateAsync(Stream stream, TurnClientOptions options, CancellationToken cancellation)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = options.TlsHost ?? options.Server.Ip.ToString(),
                RemoteCertificateValidationCallback = options.CertificateValidation,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            },
            cancellation);
        return tls;
    }

    private static TurnException Explain(Exception failure, ClientTransport transport, TransportAddress server, TimeSpan timeout)
    {
        var where = $"{Name(transport)} {server}";
        return failure switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                new(TurnFailure.Unreachable, $"{where}: nothing listens on this port; check that the relay runs, and the port", failure),
            SocketException socket => new(
                TurnFailure.Unreachable, $"{where}: {socket.SocketErrorCode}; check address, route and firewall", failure),
            OperationCanceledException => new(
                TurnFailure.TimedOut,
                $"{where}: no connection within {timeout.TotalSeconds:0.#} s; "
                + "the address is wrong, the host is down, or a firewall drops packets",
                failure),
            AuthenticationException => new(
                TurnFailure.Tls,
                $"{where}: {failure.Message.TrimEnd('.')}; check the certificate's names, chain and dates, and that this port speaks TLS",
                failure),
            _ => new(
                TurnFailure.Closed,
                $"{where}: the server closed the connection at once ({failure.Message.TrimEnd('.')}); "
                + $"check that this port speaks {transport}",
                failure),
        };
    }

    private static string Name(ClientTransport transport) => transport == ClientTransport.Tls ? "tls" : "tcp";
}
