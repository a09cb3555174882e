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
        // The memory never moves.
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}

/// <summary>A pool that keeps a limited number of free buffers.</summary>
internal sealed class NativeBufferPool(int length, int keep) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<NativeBuffer> _free = new();
    private bool _disposed;
    private int _created;

    /// <summary>The number of buffers created so far, including those that were freed.</summary>
    public int Created => Volatile.Read(ref _created);

    public NativeBuffer Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out var buffer)) return buffer;
            _created++;
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
