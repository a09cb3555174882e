using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Causeway.Tests.Support.Network;

/// <summary>
/// Loopback ports for those who must know theirs before they open it. They lie below those that the system gives to
/// sockets that name none, and this machine's test processes hand each out once: between here and where it is opened, neither a connection
/// nor another test takes it, nor a project that runs in parallel.
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private static readonly ConcurrentBag<Socket> Reserved = [];

    // Another process begins elsewhere.
    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that is free for UDP and TCP.</summary>
    public static int Take() => Take(1);

    /// <summary>The first of some neighbouring ports that are.</summary>
    public static int Take(int count)
    {
        while (true)
        {
            var first = First + ((Interlocked.Add(ref _next, count) - count) & int.MaxValue) % (Count - count);
            if (Enumerable.Range(first, count).All(port => IsFree(port) && TryReserve(port))) return first;
        }
    }

    // By a name that the system takes back when this process ends; it is in the way of no port.
    private static bool TryReserve(int port)
    {
        if (!OperatingSystem.IsLinux()) return true;
        var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            name.Bind(new UnixDomainSocketEndPoint($"\0causeway-tests-port-{port}"));
            Reserved.Add(name);
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            name.Dispose();
            return false;
        }
    }

    private static bool IsFree(int port) => new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }.All(address =>
        IsFree(SocketType.Dgram, ProtocolType.Udp, new(address, port)) && IsFree(SocketType.Stream, ProtocolType.Tcp, new(address, port)));

    private static bool IsFree(SocketType type, ProtocolType protocol, IPEndPoint at)
    {
        try
        {
            using var socket = new Socket(at.AddressFamily, type, protocol);
            socket.Bind(at);
            return true;
        }
        catch (SocketException failure)
        {
            // Without IPv6 the port is free, too.
            return failure.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
