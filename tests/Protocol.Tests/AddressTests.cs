using System.Net;
using Causeway.Turn.Protocol;
using CsCheck;

namespace Causeway.Protocol.Tests;

public class AddressTests
{
    private static readonly Gen<IpAddress> Addresses = Gen.OneOf(
        Gen.UInt.Select(bits => new IpAddress(IpFamily.IPv4, bits)),
        Gen.Select(Gen.ULong, Gen.ULong).Select(bits => new IpAddress(IpFamily.IPv6, new UInt128(bits.Item1, bits.Item2))));

    [Fact]
    public void An_address_survives_bytes_text_and_the_frameworks_type() => Addresses.Sample(address =>
    {
        var bytes = new byte[address.Length];
        address.Write(bytes);

        Assert.Equal(address, IpAddress.Read(bytes));
        Assert.Equal(address, IpAddress.Parse(address.ToString()));
        Assert.Equal(address, IpAddress.From(address.ToIPAddress()));
        Assert.Equal(new IPAddress(bytes).ToString(), address.ToString());
    });

    [Fact]
    public void A_transport_address_survives_text_and_the_frameworks_type() => Gen.Select(Addresses, Gen.UShort).Sample((ip, port) =>
    {
        var address = new TransportAddress(ip, port);

        Assert.Equal(address, TransportAddress.Parse(address.ToString()));
        Assert.Equal(address, TransportAddress.From(address.ToIPEndPoint()));
    });

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData(" 127.0.0.1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]")]
    [InlineData("::1/128")]
    [InlineData(":::")]
    public void Text_that_other_programs_read_differently_is_refused(string text)
    {
        Assert.False(IpAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => IpAddress.Parse(text));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1:")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("192.0.2.1:-1")]
    [InlineData("192.0.2.1:+1")]
    [InlineData("192.0.2.1: 1")]
    [InlineData("[192.0.2.1]:1")]
    [InlineData("2001:db8::1:3478")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[[2001:db8::1]]:1")]
    public void Text_without_a_clear_port_is_refused(string text) => Assert.False(TransportAddress.TryParse(text, out _));

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "ffff::1", true)]
    [InlineData("::/0", "192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.2", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    public void A_prefix_contains_the_addresses_that_share_its_bits(string prefix, string address, bool contained) =>
        Assert.Equal(contained, IpPrefix.Parse(prefix).Contains(IpAddress.Parse(address)));

    [Theory]
    [InlineData("192.0.2.0/")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/-1")]
    [InlineData("192.0.2.0/+24")]
    [InlineData("192.0.2.0/ 24")]
    [InlineData("192.0.2.1/24")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::1/32")]
    [InlineData("10/8")]
    public void A_prefix_with_bits_behind_it_or_an_impossible_length_is_refused(string text)
    {
        Assert.False(IpPrefix.TryParse(text, out _));
        Assert.Throws<FormatException>(() => IpPrefix.Parse(text));
    }

    [Fact]
    public void A_prefix_survives_text() => Gen.Select(Addresses, Gen.Int[0, 128]).Sample((address, length) =>
    {
        length = Math.Min(length, address.Length * 8);
        var hostBits = address.Length * 8 - length;
        var network = hostBits == 128 ? UInt128.Zero : address.Bits >> hostBits << hostBits;
        var prefix = new IpPrefix(address with { Bits = network }, length);

        Assert.Equal(prefix, IpPrefix.Parse(prefix.ToString()));
        Assert.True(prefix.Contains(address));
    });
}
