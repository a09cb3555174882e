using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Causeway.Lab.Network;

/// <summary>
/// A point-to-point link between two hosts that delays packets in both directions, as distance does: the kernels that tests run on
/// need not know how. One thread reads both ends and sleeps until a packet comes or is due.
/// <code>
///   host ── TUN ──▶ delay line ──▶ TUN ── router
///        ◀───────── delay line ◀──
/// </code>
/// </summary>
public sealed class Wire : IDisposable
{
    // A second of 8 Mbit/s in full packets: more than a call needs, and a bound all the same.
    private const int Capacity = 700;
    private const int LargestPacket = 65_536;

    private readonly Tun _one;
    private readonly Tun _other;
    private readonly DelayLine _there;
    private readonly DelayLine _back;
    private readonly SafeFileHandle _stop = Tun.NewEvent();
    private readonly Thread _thread;
    private long _lost;
    private bool _disposed;

    private Wire(Tun one, Tun other, Delay delay)
    {
        (_one, _other) = (one, other);
        _there = new(delay, Random.Shared, Capacity);
        _back = new(delay, Random.Shared, Capacity);
        _thread = new(Carry) { IsBackground = true, Name = "wire" };
        _thread.Start();
    }

    /// <summary>Packets that came to a full line.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>The delay of packets from now on, each way. Packets on their way keep their order.</summary>
    public Delay Delay
    {
        set => (_there.Delay, _back.Delay) = (value, value);
    }

    /// <summary>Whether packets pass; false once a host or its device was removed.</summary>
    internal bool IsCarrying => _thread.IsAlive;

    /// <summary>Lays a wire: each host has a new device, up and without addresses.</summary>
    internal static Wire Lay(Host one, string oneDevice, Host other, string otherDevice, Delay delay)
    {
        var first = new Tun(one, oneDevice);
        try
        {
            return new(first, new Tun(other, otherDevice), delay);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>Takes the wire and both devices away.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Tun.Signal(_stop);
        _thread.Join();
        _one.Dispose();
        _other.Dispose();
        _stop.Dispose();
    }

    private void Carry()
    {
        var clock = Stopwatch.StartNew();
        var packet = new byte[LargestPacket];
        while (Tun.Wait(_one, _other, _stop, NextDue - clock.Elapsed) is { } readable)
        {
            if (readable.One) Take(_one, _there);
            if (readable.Other) Take(_other, _back);
            while (_there.TryTake(clock.Elapsed, out var due)) _other.Write(due);
            while (_back.TryTake(clock.Elapsed, out var due)) _one.Write(due);
        }

        void Take(Tun from, DelayLine line)
        {
            var length = from.Read(packet);
            if (length > 0 && !line.TryAdd(packet.AsSpan(0, length), clock.Elapsed)) Interlocked.Increment(ref _lost);
        }
    }

    private TimeSpan? NextDue => (_there.NextDue, _back.NextDue) switch
    {
        ({ } there, { } back) => there < back ? there : back,
        var (there, back) => there ?? back,
    };
}
