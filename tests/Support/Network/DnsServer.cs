using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Causeway.Tests.Support.Network;

/// <summary>
/// The one name server of a zone (RFC 1035), for clients that insist on port 53: its TXT records, and what a client needs to find it by.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly string _zone;
    private readonly Func<string, IEnumerable<string>> _texts;
    private readonly Task _serving;
    private static int _last;

    /// <summary>Serves a zone.</summary>
    /// <param name="socket">A UDP socket on port 53.</param>
    /// <param name="address">The IPv4 address that others reach it by.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="texts">The TXT records of a name, which is in lower case and ends with a dot; asked at each question.</param>
    public DnsServer(Socket socket, IPAddress address, string zone, Func<string, IEnumerable<string>> texts)
    {
        (_socket, Address, _zone, _texts) = (socket, address, zone.TrimEnd('.') + ".", texts);
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Serves a zone on its own address in 127.0.0.0/8.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="texts">The TXT records of a name, which is in lower case and ends with a dot; asked at each question.</param>
    public static DnsServer OnLoopback(string zone, Func<string, IEnumerable<string>> texts)
    {
        // Of the process, so that two runs of the tests do not meet, and in it one after the other.
        var number = 1 + Interlocked.Increment(ref _last) % 254;
        var address = new IPAddress([127, (byte)(64 + Environment.ProcessId % 128), (byte)(Environment.ProcessId / 128), (byte)number]);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 53));
        return new(socket, address, zone, texts);
    }

    public IPAddress Address { get; }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(
                    buffer, new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
                await _socket.SendToAsync(Answer(buffer.AsSpan(0, received.ReceivedBytes)), received.RemoteEndPoint);
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException) { return; }
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> query)
    {
        var name = new StringBuilder();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1) name.Append(Encoding.ASCII.GetString(query.Slice(at + 1, query[at]))).Append('.');
        var asked = name.ToString().ToLowerInvariant();
        var type = BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        var question = query[12..(at + 5)];

        var inZone = asked == _zone || asked.EndsWith("." + _zone, StringComparison.Ordinal);
        var answers = (type, inZone) switch
        {
            (6, true) when asked == _zone => [StartOfAuthority()],
            (2, true) when asked == _zone => [Name("ns." + _zone)],
            (1, true) when asked == "ns." + _zone => [Address.GetAddressBytes()],
            (16, true) => Texts(asked),
            _ => new List<byte[]>(),
        };

        using var answer = new MemoryStream();
        answer.Write(query[..2]);
        // QR, AA, RD; NXDOMAIN outside of the zone (RFC 1035 §4.1.1).
        answer.Write([0x85, (byte)(inZone ? 0 : 3), 0, 1, 0, (byte)answers.Count, 0, 0, 0, 0]);
        answer.Write(question);
        Span<byte> number = stackalloc byte[2];
        foreach (var data in answers)
        {
            // The question's name, its type, class IN, no time to live.
            answer.Write([0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 0]);
            BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)data.Length);
            answer.Write(number);
            answer.Write(data);
        }
        return answer.ToArray();
    }

    private List<byte[]> Texts(string name) =>
        [.. _texts(name).Select(text => (byte[])[(byte)text.Length, .. Encoding.ASCII.GetBytes(text)])];

    private byte[] StartOfAuthority() => [.. Name("ns." + _zone), .. Name("hostmaster." + _zone), .. new byte[20]];

    private static byte[] Name(string name) =>
        [.. name.TrimEnd('.').Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
