using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>
/// Reads the addresses of this host's interfaces. On Linux with <c>getifaddrs(3)</c>: the framework's list reads a dozen files for each
/// interface, and this runs every second.
/// <code>
/// struct ifaddrs | next 8 | name 8 | flags 4, padding 4 | address 8 | …
/// sockaddr_in    | family 2 | port 2 | address 4 |
/// sockaddr_in6   | family 2 | port 2 | flow label 4 | address 16 | scope 4 |
/// </code>
/// </summary>
internal static unsafe partial class InterfaceAddresses
{
    private const ushort Inet = 2;
    private const ushort Inet6 = 10;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;

    // The same on x64 and arm64; later fields are not read.
    private static bool IsNative => OperatingSystem.IsLinux() && sizeof(nint) == 8;

    /// <summary>Adds every address of every interface in any state, each once, in the system's order.</summary>
    public static void AddTo(List<IpAddress> addresses)
    {
        if (IsNative && GetInterfaceAddresses(out var first) == 0) AddTo(addresses, first);
        else AddByFramework(addresses);
    }

    private static void AddTo(List<IpAddress> addresses, InterfaceAddress* first)
    {
        try
        {
            for (var one = first; one is not null; one = one->Next)
            {
                if (one->Address is null) continue;
                switch (*(ushort*)one->Address)
                {
                    case Inet: Add(addresses, IpAddress.Read(new ReadOnlySpan<byte>(one->Address + IPv4Offset, 4))); break;
                    case Inet6: Add(addresses, IpAddress.Read(new ReadOnlySpan<byte>(one->Address + IPv6Offset, 16))); break;
                }
            }
        }
        finally
        {
            FreeInterfaceAddresses(first);
        }
    }

    private static void AddByFramework(List<IpAddress> addresses)
    {
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (var unicast in network.GetIPProperties().UnicastAddresses) Add(addresses, IpAddress.From(unicast.Address));
        }
    }

    private static void Add(List<IpAddress> addresses, IpAddress address)
    {
        if (!addresses.Contains(address)) addresses.Add(address);
    }

    [LibraryImport("libc", EntryPoint = "getifaddrs")]
    private static partial int GetInterfaceAddresses(out InterfaceAddress* first);

    [LibraryImport("libc", EntryPoint = "freeifaddrs")]
    private static partial void FreeInterfaceAddresses(InterfaceAddress* first);

    [StructLayout(LayoutKind.Sequential)]
    private struct InterfaceAddress
    {
        public InterfaceAddress* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
    }
}
