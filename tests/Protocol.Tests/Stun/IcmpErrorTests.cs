using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Stun;

/// <summary>ICMP: RFC 8656 §18.13.</summary>
public class IcmpErrorTests
{
    // By hand from the figure: 16 bits reserved, 7 bits of type, 9 bits of code, 32 bits of data.
    [Theory]
    [InlineData(3, 3, 0, "0000060300000000")] // port unreachable
    [InlineData(3, 4, 1280, "0000060400000500")] // fragmentation needed
    [InlineData(11, 0, 0, "0000160000000000")] // TTL exceeded
    [InlineData(1, 4, 0, "0000020400000000")] // port unreachable, ICMPv6
    [InlineData(2, 0, 1280, "0000040000000500")] // packet too big, ICMPv6
    public void An_error_is_written_as_the_figure_says_and_read_back(byte type, byte code, uint data, string value)
    {
        var error = new IcmpError(type, code, data);
        var bytes = new byte[IcmpError.Length];
        bytes.AsSpan().Fill(0xFF);

        error.Write(bytes);

        Assert.Equal(value, Convert.ToHexStringLower(bytes));
        Assert.True(IcmpError.TryRead(bytes, out var read));
        Assert.Equal(error, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000603000000")]
    [InlineData("000006030000000000")]
    public void A_value_of_another_length_is_not_read(string value) =>
        Assert.False(IcmpError.TryRead(Convert.FromHexString(value), out _));

    [Fact]
    public void Reserved_bits_are_ignored()
    {
        Assert.True(IcmpError.TryRead(Convert.FromHexString("ffff060300000000"), out var error));
        Assert.Equal(new IcmpError(3, 3, 0), error);
    }

    [Fact]
    public void Two_types_of_ICMPv4_and_three_of_ICMPv6_are_reported()
    {
        var types = Enumerable.Range(0, 256).Select(type => new IcmpError((byte)type, 0, 0)).ToList();

        Assert.Equal([3, 11], types.Where(error => error.IsReported(IpFamily.IPv4)).Select(error => (int)error.Type));
        Assert.Equal([1, 2, 3], types.Where(error => error.IsReported(IpFamily.IPv6)).Select(error => (int)error.Type));
    }
}
