using System.Buffers;
using System.Net.Sockets;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// One direction of a data connection: reads only what the other side takes, so that a slow reader slows the sender down. It holds a buffer
/// only while there are bytes.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="from">The stream to read.</param>
/// <param name="to">The stream to write.</param>
/// <param name="count">Counts bytes before they are written; false when they must not be.</param>
internal sealed class PeerPump(PortableEngine engine, Stream from, Stream to, Func<int, bool> count)
{
    /// <summary>The most bytes that are in the process and not in the system's buffers.</summary>
    internal const int BufferBytes = 16 * 1024;

    /// <summary>Carries bytes until the end of the stream.</summary>
    /// <param name="first">Bytes to begin with.</param>
    /// <returns>True when the sender closed its side, false when a connection failed or was closed.</returns>
    public async Task<bool> RunAsync(byte[] first)
    {
        try
        {
            if (first.Length > 0)
            {
                if (!count(first.Length)) return false;
                await to.WriteAsync(first);
            }

            while (true)
            {
#pragma warning disable CA2022 // Reads nothing; completes when there is something to read.
                await from.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
                var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                try
                {
                    var read = await from.ReadAsync(buffer.AsMemory(0, BufferBytes));
                    if (read == 0) return true;
                    if (!count(read)) return false;
                    await to.WriteAsync(buffer.AsMemory(0, read));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
#pragma warning disable CA1031 // One connection must not end the process; the failure is reported.
        catch (Exception unexpected)
        {
            engine.ReportUnexpected("peer connection", unexpected);
            return false;
        }
#pragma warning restore CA1031
    }
}
