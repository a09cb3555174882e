using System.Runtime.InteropServices;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Control messages of Linux's <c>recvmsg(2)</c> and <c>sendmsg(2)</c>: what a datagram's IP header contains or shall contain. Each begins
/// at a multiple of a word:
/// <code>
/// | length, header included (word) | level 4 | type 4 | value |
/// </code>
/// The numbers are from linux/in.h and linux/in6.h; the same on x64 and arm64.
/// </summary>
internal static unsafe class ControlMessages
{
    /// <summary>Words that hold the fields of one datagram: two messages.</summary>
    public const int FieldsWords = 2 * (HeaderWords + 1);

    public const int IpLevel = 0;
    public const int IPv6Level = 41;
    public const int IpReceiveErrors = 11;
    public const int IPv6ReceiveErrors = 25;

    // On 32-bit systems the header takes three words.
    private const int HeaderWords = 3;
    private const int IpTrafficClass = 1;
    private const int IpHopLimit = 2;
    private const int IPv6HopLimit = 52;
    private const int IPv6TrafficClass = 67;

    private static int HeaderLength => sizeof(nuint) + 2 * sizeof(int);

    /// <summary>Reads the fields of a received datagram; unknown messages are skipped.</summary>
    public static IpFields ReadFields(in MessageHeader message)
    {
        byte trafficClass = 0;
        byte? hopLimit = null;
        for (var at = 0; TryRead(message, ref at, out var level, out var type, out var value);)
        {
            switch (level, type)
            {
                // One byte in IPv4, a number in IPv6.
                case (IpLevel, IpTrafficClass) or (IPv6Level, IPv6TrafficClass) when value.Length >= 1: trafficClass = value[0]; break;
                case (IpLevel, IpHopLimit) or (IPv6Level, IPv6HopLimit) when value.Length >= sizeof(int): hopLimit = value[0]; break;
            }
        }

        return new(trafficClass, hopLimit);
    }

    /// <summary>Writes the fields that differ from what the system sends by itself.</summary>
    /// <param name="target"><see cref="FieldsWords"/> words.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="ipv6">Whether the socket is one of IPv6.</param>
    /// <returns>The length in bytes.</returns>
    public static int WriteFields(byte* target, in IpFields fields, bool ipv6)
    {
        var level = ipv6 ? IPv6Level : IpLevel;
        var length = 0;
        if (fields.TrafficClass != 0) length += Write(target, level, ipv6 ? IPv6TrafficClass : IpTrafficClass, fields.TrafficClass);
        if (fields.HopLimit is { } hops) length += Write(target + length, level, ipv6 ? IPv6HopLimit : IpHopLimit, hops);
        return length;
    }

    /// <summary>Reads the control message at an offset, and sets that of the next one; false after the last one.</summary>
    public static bool TryRead(in MessageHeader message, ref int at, out int level, out int type, out ReadOnlySpan<byte> value)
    {
        (level, type) = (0, 0);
        value = default;
        var available = (int)message.ControlLength - at;
        if (available < HeaderLength) return false;

        var start = message.Control + at;
        var length = (int)*(nuint*)start;
        if (length < HeaderLength || length > available) return false;

        level = *(int*)(start + sizeof(nuint));
        type = *(int*)(start + sizeof(nuint) + sizeof(int));
        value = new(start + HeaderLength, length - HeaderLength);
        at += Aligned(length);
        return true;
    }

    private static int Write(byte* target, int level, int type, int value)
    {
        *(nuint*)target = (nuint)(HeaderLength + sizeof(int));
        *(int*)(target + sizeof(nuint)) = level;
        *(int*)(target + sizeof(nuint) + sizeof(int)) = type;
        *(int*)(target + HeaderLength) = value;
        return Aligned(HeaderLength + sizeof(int));
    }

    private static int Aligned(int length) => (length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);
}

/// <summary>Linux's <c>struct msghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public byte* Name;
    public uint NameLength;
    public MessagePart* Parts;
    public nuint PartCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>Linux's <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessagePart
{
    public byte* Bytes;
    public nuint Length;
}
