using System.Buffers;
using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines.Portable;

/// <summary>A receive buffer outside the managed heap, for the largest datagram. It is never moved, so receiving pins nothing.</summary>
internal sealed unsafe class NativeBuffer(int length) : MemoryManager<byte>
{
    private byte* _bytes = (byte*)NativeMemory.Alloc((nuint)length);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_bytes is null, this);
        return new(_bytes, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_bytes is null, this);
        return new(_bytes + elementIndex);
    }

    public override void Unpin()
    {
        // Nothing to undo: the memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}

/// <summary>Buffers that are handed out, and kept for the next who needs one up to a bound.</summary>
internal sealed class NativeBufferPool(int length, int keep) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<NativeBuffer> _free = new();
    private bool _disposed;
    private int _made;

    /// <summary>How many were made so far; those that were given back to the system are among them.</summary>
    public int Made => Volatile.Read(ref _made);

    public NativeBuffer Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out var buffer)) return buffer;
            _made++;
        }

        return new(length);
    }

    public void Return(NativeBuffer buffer)
    {
        lock (_gate)
        {
            if (!_disposed && _free.Count < keep)
            {
                _free.Push(buffer);
                return;
            }
        }

        ((IDisposable)buffer).Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_free.TryPop(out var buffer)) ((IDisposable)buffer).Dispose();
        }
    }
}
