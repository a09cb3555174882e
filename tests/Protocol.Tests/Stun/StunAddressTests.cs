using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Stun;

public class StunAddressTests
{
    private static readonly Gen<TransportAddress> Addresses = Gen.Select(
        Gen.OneOf(
            Gen.UInt.Select(bits => new IpAddress(IpFamily.IPv4, bits)),
            Gen.Select(Gen.ULong, Gen.ULong).Select(bits => new IpAddress(IpFamily.IPv6, new UInt128(bits.Item1, bits.Item2)))),
        Gen.UShort).Select(a => new TransportAddress(a.Item1, a.Item2));

    [Fact]
    public void An_address_survives_the_xor_form() => Gen.Select(Addresses, Gen.ULong, Gen.UInt).Sample((address, high, low) =>
    {
        var transaction = new TransactionId(high, low);
        var value = new byte[StunAddress.Length(address)];
        StunAddress.WriteXor(value, address, transaction);

        Assert.True(StunAddress.TryReadXor(value, transaction, out var read));
        Assert.Equal(address, read);
    });

    [Fact]
    public void The_xor_form_of_ipv6_depends_on_the_transaction()
    {
        var address = TransportAddress.Parse("[2001:db8::1]:3478");
        var value = new byte[StunAddress.Length(address)];
        StunAddress.WriteXor(value, address, new(1, 2));

        Assert.True(StunAddress.TryReadXor(value, new(1, 3), out var read));
        Assert.NotEqual(address, read);
    }

    [Theory]
    [InlineData("0001 0d96 c0000201", "192.0.2.1:3478")]
    [InlineData("ff01 0d96 c0000201", "192.0.2.1:3478")]  // the first byte does not count
    [InlineData("0002 0d96 20010db8000000000000000000000001", "[2001:db8::1]:3478")]
    public void The_plain_form_is_read(string hex, string expected)
    {
        Assert.True(StunAddress.TryRead(Bytes(hex), out var address));
        Assert.Equal(TransportAddress.Parse(expected), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001 0d")]
    [InlineData("0001 0d96")]
    [InlineData("0001 0d96 c00002")]
    [InlineData("0001 0d96 c000020100")]
    [InlineData("0002 0d96 c0000201")]
    [InlineData("0001 0d96 20010db8000000000000000000000001")]
    [InlineData("0000 0d96 c0000201")]
    [InlineData("0003 0d96 c0000201")]
    public void An_address_whose_family_and_length_do_not_fit_is_refused(string hex) =>
        Assert.False(StunAddress.TryRead(Bytes(hex), out _));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
