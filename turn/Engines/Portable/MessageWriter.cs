using System.Net.Sockets;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Writes a connection's queue to its stream, message by message: over TLS each gets its own record, because some clients take a record for
/// a message. A long message is written in pieces, which shows that a slow client still reads.
/// </summary>
internal sealed class MessageWriter(PortableEngine engine, SendQueue queue, Socket socket)
{
    // The longest TLS record (RFC 8446 §5.1).
    private const int PieceBytes = 16 * 1024;

    private long _pendingSince = long.MaxValue;
    private long _progressAt;
    private long _acknowledged = -1;

    /// <summary>Writes until the queue is completed and empty.</summary>
    public async Task RunAsync(Stream stream)
    {
        while (await queue.WaitAsync())
        {
            while (TryTake(out var message))
            {
                try
                {
                    await WriteAsync(stream, message.Bytes);
                }
                finally
                {
                    queue.Sent(message);
                }
            }
        }
    }

    /// <summary>
    /// How long a write has waited without progress, in milliseconds; 0 when none waits. Called by one thread, every second or so.
    /// </summary>
    public long Stuck(long now)
    {
        var since = Volatile.Read(ref _pendingSince);
        if (now <= since) return 0;

        var acknowledged = TcpOptions.BytesAcknowledged(socket);
        if (acknowledged != _acknowledged) (_acknowledged, _progressAt) = (acknowledged, now);
        return now - Math.Max(since, _progressAt);
    }

    private bool TryTake(out QueuedMessage message)
    {
        var taken = queue.TryTake(engine.Clock.Milliseconds, out message, out var outdated);
        engine.Counters.CountSendOutdated(outdated);
        return taken;
    }

    private async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> message)
    {
        for (var rest = message; rest.Length > 0;)
        {
            var piece = rest[..Math.Min(rest.Length, PieceBytes)];
            rest = rest[piece.Length..];
            var writing = stream.WriteAsync(piece);
            if (writing.IsCompletedSuccessfully)
            {
                writing.GetAwaiter().GetResult();
                continue;
            }

            Volatile.Write(ref _pendingSince, engine.Clock.Milliseconds);
            queue.SetBlocked();
            try
            {
                await writing;
            }
            finally
            {
                Volatile.Write(ref _pendingSince, long.MaxValue);
                queue.SetUnblocked(engine.Clock.Milliseconds);
            }
        }
    }
}
