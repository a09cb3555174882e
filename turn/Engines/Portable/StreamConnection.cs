using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// A client's TCP or TLS connection. Received bytes are cut into frames where they lie; what is sent waits in a bounded queue, so that a slow
/// reader costs nobody else anything.
/// <code>
/// read loop:   socket → (TLS) → buffer → frames → shard
/// write loop:  shard → queue → (TLS) → socket
/// </code>
/// </summary>
internal sealed class StreamConnection : Outlet
{
    private readonly PortableEngine _engine;
    private readonly PortableShard _shard;
    private readonly Socket _socket;
    private readonly Lock _sending = new();
    private readonly Pipe _queue = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private long _queued;
    private long _deadline;
    private long _writingSince = long.MaxValue;
    private bool _hasAllocation;
    private bool _queueCompleted;
    private bool _swept;

    public StreamConnection(PortableEngine engine, PortableShard shard, Socket socket, in ClientHandle handle)
    {
        (_engine, _shard, _socket, Handle) = (engine, shard, socket, handle);
        _deadline = engine.Clock.Now.Milliseconds + (long)Settings.HandshakeTimeout.TotalMilliseconds;
    }

    public ClientHandle Handle { get; }

    private StreamSettings Settings => _engine.Settings.Streams;

    /// <summary>Serves the client until the connection ends.</summary>
    public async Task RunAsync()
    {
        var writing = Task.CompletedTask;
        try
        {
            await using var stream = await OpenAsync();
            writing = WriteAsync(stream);
            await ReadAsync(stream);
            CompleteQueue();
            await writing;
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went, or was closed.
        }
        catch (Exception end) when (end is AuthenticationException or InvalidOperationException or NotSupportedException)
        {
            _engine.Counters.CountHandshakeFailed();
        }
#pragma warning disable CA1031 // One client's connection must not end the process; the host is told.
        catch (Exception unexpected)
        {
            _engine.TellUnexpected("connection", unexpected);
        }
#pragma warning restore CA1031
        finally
        {
            Abort();
            CompleteQueue();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _shard.HandleClientGone(Handle);
        }
    }

    /// <summary>Whether the client has an allocation; without one it may not be silent for long.</summary>
    public void SetAllocation(bool there, long now)
    {
        _hasAllocation = there;
        Extend(now);
    }

    /// <summary>Queues one message; drops it when the reader is too slow.</summary>
    public override void Send(ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses)
    {
        lock (_sending)
        {
            if (_queueCompleted) return;
            if (Interlocked.Read(ref _queued) + message.Length > Settings.SendBufferBytes)
            {
                _engine.Counters.CountSendBufferFull();
                return;
            }

            Interlocked.Add(ref _queued, message.Length);
            _queue.Writer.Write(message);
            // Never waits: the pipe has no threshold, the bound is the one above.
            var flushed = _queue.Writer.FlushAsync();
            if (flushed.IsCompleted) flushed.GetAwaiter().GetResult();
        }
    }

    /// <summary>Closes when all that is queued was sent.</summary>
    public void Close()
    {
        CompleteQueue();
        Volatile.Write(ref _deadline, Math.Min(Volatile.Read(ref _deadline), _engine.Clock.Now.Milliseconds + (long)Settings.HandshakeTimeout.TotalMilliseconds));
    }

    /// <summary>Closes at once.</summary>
    public void Abort() => _socket.Dispose();

    /// <summary>Closes at once what took too long; called every second or so.</summary>
    public void Sweep(long now)
    {
        if (_swept) return;
        var slow = now - Volatile.Read(ref _writingSince) > Settings.SendTimeout.TotalMilliseconds;
        if (slow) _engine.Counters.CountSlowReader();
        else if (now <= Volatile.Read(ref _deadline)) return;
        else _engine.Counters.CountIdle();
        _swept = true;
        Abort();
    }

    private async Task<Stream> OpenAsync()
    {
        var stream = new NetworkStream(_socket, ownsSocket: true);
        if (Handle.Transport != ClientTransport.Tls) return stream;

        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = Settings.Certificate!() });
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var buffer = _engine.Buffers.Rent();
        try
        {
            // Frames begin behind the headroom at the earliest, so that headers can be put before their payload in place.
            var end = Packet.Headroom;
            var addresses = new SendAddresses();
            while (true)
            {
                // Who has no allocation has nothing long to say: ten thousand strangers with half a message each must not take 650 MB.
                var limit = _hasAllocation ? buffer.Memory.Length - Packet.Tailroom : Packet.Headroom + StunConstants.MaxRequestLength;
                if (end >= limit)
                {
                    _engine.Counters.CountBadFrame();
                    return;
                }

                var read = await stream.ReadAsync(buffer.Memory[end..limit]);
                if (read == 0) return;
                if (!HandleFrames(buffer.GetSpan(), end + read, addresses, out end)) return;
            }
        }
        finally
        {
            _engine.Buffers.Return(buffer);
        }
    }

    /// <summary>Handles the whole frames and moves what is left of the last one to the front. False when the stream makes no sense.</summary>
    private bool HandleFrames(Span<byte> buffer, int end, SendAddresses addresses, out int left)
    {
        var start = Packet.Headroom;
        while (true)
        {
            var frame = StreamFraming.ReadFrame(buffer[start..end], out var length);
            if (frame == StreamFrame.Invalid)
            {
                _engine.Counters.CountBadFrame();
                left = end;
                return false;
            }

            if (frame == StreamFrame.Incomplete) break;
            // A frame's length is a multiple of four, so padding a payload never reaches into the next frame.
            var packet = new Packet(buffer[(start - Packet.Headroom)..(start + length + Packet.Tailroom)], length);
            // Once for all that came together, and before the first answer: from that on the client counts its silence.
            if (start == Packet.Headroom) Extend(_engine.Clock.Now.Milliseconds);
            _shard.HandleClient(Handle, ref packet, addresses);
            start += length;
        }

        buffer[start..end].CopyTo(buffer[Packet.Headroom..]);
        left = Packet.Headroom + end - start;
        return true;
    }

    private async Task WriteAsync(Stream stream)
    {
        try
        {
            while (true)
            {
                var queued = await _queue.Reader.ReadAsync();
                Volatile.Write(ref _writingSince, _engine.Clock.Now.Milliseconds);
                if (Handle.Transport == ClientTransport.Tls) await WriteMessagesAsync(stream, queued.Buffer);
                else foreach (var piece in queued.Buffer) await stream.WriteAsync(piece);
                Volatile.Write(ref _writingSince, long.MaxValue);
                Interlocked.Add(ref _queued, -queued.Buffer.Length);
                _queue.Reader.AdvanceTo(queued.Buffer.End);
                if (queued.IsCompleted) break;
            }

            // The queue's end is the connection's: the read loop ends with it.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Abort();
        }
        finally
        {
            await _queue.Reader.CompleteAsync();
        }
    }

    /// <summary>Each message in a TLS record of its own: clients are about that take a record for a message, coturn's among them.</summary>
    private static async ValueTask WriteMessagesAsync(Stream stream, ReadOnlySequence<byte> queued)
    {
        while (StreamFraming.ReadFrame(queued, out var length) == StreamFrame.Complete)
        {
            var message = queued.Slice(0, length);
            queued = queued.Slice(length);
            if (message.IsSingleSegment)
            {
                await stream.WriteAsync(message.First);
                continue;
            }

            var whole = ArrayPool<byte>.Shared.Rent(length);
            message.CopyTo(whole);
            await stream.WriteAsync(whole.AsMemory(0, length));
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private void Extend(long now) =>
        Volatile.Write(ref _deadline, _hasAllocation ? long.MaxValue : now + (long)Settings.IdleTimeout.TotalMilliseconds);

    private void CompleteQueue()
    {
        lock (_sending)
        {
            if (_queueCompleted) return;
            _queueCompleted = true;
            _queue.Writer.Complete();
        }
    }
}
