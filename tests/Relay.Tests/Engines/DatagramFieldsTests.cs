using System.Net.Sockets;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests.Engines;

/// <summary>The system writes and reports what a datagram's IP header contains (Linux).</summary>
public sealed class DatagramFieldsTests
{
    private static readonly SendAddresses Addresses = new();

    public static MatrixTheoryData<IpFamily, byte> Marks =>
        new([IpFamily.IPv4, IpFamily.IPv6], [0x00, 0x01, 0x02, 0x03, 0xB8, 0xFF]);

    [Theory, MemberData(nameof(Marks))]
    public async Task Traffic_class_and_hop_limit_arrive_as_sent(IpFamily family, byte trafficClass)
    {
        using var receiver = Open(family);
        using var sender = Open(family);

        foreach (var hopLimit in new byte?[] { 1, 63, 255, null })
            Assert.Equal((trafficClass, hopLimit ?? 64), await PassAsync(sender, receiver, new(trafficClass, hopLimit)));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Fields_are_those_of_one_datagram_alone(IpFamily family)
    {
        using var receiver = Open(family);
        using var sender = Open(family);

        Assert.Equal((1, 7), await PassAsync(sender, receiver, new(1, 7)));
        Assert.Equal((0, 64), await PassAsync(sender, receiver, default));
    }

    private static Socket Open(IpFamily family)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is asked for IP fields");
        TestRelay.SkipWithout(family);
        return DatagramSocket.Open(new(TestRelay.Loopback(family), 0), 0, reusePort: false);
    }

    private static async Task<(int TrafficClass, int HopLimit)> PassAsync(Socket sender, Socket receiver, IpFields fields)
    {
        var to = TransportAddress.From((System.Net.IPEndPoint)receiver.LocalEndPoint!);
        var from = SocketAddresses.Create(to.Family);
        Assert.Equal(SocketError.Success, DatagramSend.Send(sender, "hello"u8, Addresses.To(to), fields));
        var buffer = new byte[100];
        IpFields received = default;
        var length = 0;
        await TestWait.UntilAsync(() => DatagramReceive.Receive(receiver, buffer, from, out length, out received) == SocketError.Success);
        Assert.Equal("hello"u8.ToArray(), buffer[..length]);
        Assert.Equal(TransportAddress.From((System.Net.IPEndPoint)sender.LocalEndPoint!), SocketAddresses.Read(from, to.Family));
        return (received.TrafficClass, received.HopLimit ?? -1);
    }
}
