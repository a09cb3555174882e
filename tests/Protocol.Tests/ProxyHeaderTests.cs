using System.Buffers.Binary;
using Causeway.Turn.Protocol;
using CsCheck;

namespace Causeway.Protocol.Tests;

public class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("21 11 000C  CB007107 0A000001 9C40 01BB", "203.0.113.7:40000")] // TCP over IPv4
    [InlineData("21 21 0024  20010DB8000000000000000000000007 20010DB8000000000000000000000001 9C40 01BB", "[2001:db8::7]:40000")]
    [InlineData("21 21 0024  00000000000000000000FFFFCB007107 00000000000000000000FFFF0A000001 9C40 01BB", "203.0.113.7:40000")] // mapped
    [InlineData("21 11 0013  CB007107 0A000001 9C40 01BB 04 0004 00000000", "203.0.113.7:40000")] // with a TLV (NOOP)
    [InlineData("21 11 000E  CB007107 0A000001 9C40 01BB FFFF", "203.0.113.7:40000")] // TLVs are skipped, whatever they contain
    [InlineData("20 00 0000", null)] // LOCAL
    [InlineData("20 11 000C  CB007107 0A000001 9C40 01BB", null)] // LOCAL ignores the addresses,
    [InlineData("20 FF 0002  0000", null)] // and the family
    [InlineData("21 00 0000", null)] // UNSPEC
    [InlineData("21 00 0003  010203", null)]
    [InlineData("21 01 0000", null)]
    [InlineData("21 10 0000", null)]
    [InlineData("21 12 000C  CB007107 0A000001 9C40 01BB", null)] // UDP
    [InlineData("21 32 0000", null)] // Unix
    public void A_header_says_whose_connection_it_is(string rest, string? source)
    {
        var bytes = Header(rest);
        Assert.Equal(ProxyHeaderState.Complete, ProxyHeader.Read([.. bytes, 0, 1], out var header, out var length));
        Assert.Equal(bytes.Length, length);
        Assert.Equal(source, header.Source?.ToString());

        // Byte by byte it is incomplete, and names the bytes that are needed.
        for (var have = 0; have < bytes.Length; have++)
        {
            Assert.Equal(ProxyHeaderState.Incomplete, ProxyHeader.Read(bytes.AsSpan(0, have), out header, out length));
            Assert.Equal((null, have < 16 ? 16 : bytes.Length), (header.Source, length));
        }
    }

    [Theory]
    [InlineData("11 11 000C CB007107 0A000001 9C40 01BB", 13)] // another version
    [InlineData("31 11 000C CB007107 0A000001 9C40 01BB", 13)]
    [InlineData("22 11 000C CB007107 0A000001 9C40 01BB", 13)] // an unassigned command
    [InlineData("2F 00 0000", 13)]
    [InlineData("21 41 0000", 14)] // an unknown family
    [InlineData("21 13 000C CB007107 0A000001 9C40 01BB", 14)] // an unknown protocol
    [InlineData("21 11 000B CB007107 0A000001 9C40 01", 16)] // too short for its addresses
    [InlineData("21 21 0023 20010DB8000000000000000000000007", 16)]
    [InlineData("21 11 07F1", 16)] // longer than the bound
    [InlineData("20 00 FFFF", 16)]
    public void A_header_that_cannot_be_read_is_refused_at_the_byte_that_shows_it(string rest, int at)
    {
        var bytes = Header(rest);
        Assert.Equal(ProxyHeaderState.Incomplete, ProxyHeader.Read(bytes.AsSpan(0, at - 1), out _, out _));
        for (var have = at; have <= bytes.Length; have++)
            Assert.Equal(ProxyHeaderState.Invalid, ProxyHeader.Read(bytes.AsSpan(0, have), out _, out _));
    }

    [Fact]
    public void The_longest_header_is_read()
    {
        var bytes = new byte[ProxyHeader.MaxLength];
        Header("21 11 07F0 CB007107 0A000001 9C40 01BB").CopyTo(bytes, 0);
        Assert.Equal(ProxyHeaderState.Complete, ProxyHeader.Read(bytes, out var header, out var length));
        Assert.Equal(("203.0.113.7:40000", ProxyHeader.MaxLength), (header.Source.ToString(), length));
    }

    [Fact]
    public void Another_protocol_is_refused_at_its_first_byte_and_any_changed_signature_at_that_byte()
    {
        Assert.Equal(ProxyHeaderState.Incomplete, ProxyHeader.Read([], out _, out _));
        // STUN, TLS, version 1.
        Assert.All((byte[])[0, 22, (byte)'P'], first => Assert.Equal(ProxyHeaderState.Invalid, ProxyHeader.Read([first], out _, out _)));
        for (var at = 0; at < 12; at++)
        {
            var bytes = Header("20 00 0000");
            bytes[at] ^= 1;
            Assert.Equal(ProxyHeaderState.Incomplete, ProxyHeader.Read(bytes.AsSpan(0, at), out _, out _));
            Assert.Equal(ProxyHeaderState.Invalid, ProxyHeader.Read(bytes.AsSpan(0, at + 1), out _, out _));
        }
    }

    [Fact]
    public void Any_address_is_read_behind_any_TLVs() => Gen.Select(Gen.Bool, Gen.Byte.Array[36], Gen.Byte.Array[0, 300])
        .Sample((isIPv6, block, tlvs) =>
        {
            var addresses = block[..(isIPv6 ? 36 : 12)];
            byte[] length = [0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(addresses.Length + tlvs.Length));
            byte[] bytes = [.. Convert.FromHexString(Signature), 0x21, (byte)(isIPv6 ? 0x21 : 0x11), .. length, .. addresses, .. tlvs];

            var state = ProxyHeader.Read(bytes, out var header, out var read);

            var size = isIPv6 ? 16 : 4;
            var ip = new System.Net.IPAddress(addresses[..size]);
            var expected = IpAddress.From(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip);
            return state == ProxyHeaderState.Complete && read == bytes.Length
                && header.Source == new TransportAddress(expected, BinaryPrimitives.ReadUInt16BigEndian(addresses.AsSpan(2 * size)));
        });

    [Fact]
    public void Any_bytes_are_read_or_refused_and_a_refusal_stays_one()
    {
        // Bytes of any kind hardly ever pass the signature, so most begin with it, or with a whole header.
        var begin = Gen.OneOf(
            Gen.Const(Array.Empty<byte>()),
            Gen.Const(Convert.FromHexString(Signature)),
            Gen.Select(Gen.Byte[0x20, 0x21], Gen.Int[0, 4], Gen.Byte[0, 8])
                .Select((version, family, high) =>
                    (byte[])[.. Convert.FromHexString(Signature), version, new byte[] { 0, 0x11, 0x12, 0x21, 0x31 }[family], high]));
        Gen.Select(begin, Gen.Byte.Array[0, 2100]).Sample((start, rest) =>
        {
            byte[] bytes = [.. start, .. rest];
            var before = ProxyHeaderState.Incomplete;
            for (var have = 0; have <= bytes.Length; have += have < 64 ? 1 : 61)
            {
                var state = ProxyHeader.Read(bytes.AsSpan(0, have), out var header, out var length);
                if (before != ProxyHeaderState.Incomplete && state != before) return false;
                if (length is < ProxyHeader.FixedLength or > ProxyHeader.FixedLength + ushort.MaxValue) return false;
                if (state == ProxyHeaderState.Complete != (state != ProxyHeaderState.Invalid && have >= length)) return false;
                if (state != ProxyHeaderState.Complete && header.Source is not null) return false;
                before = state;
            }

            return true;
        });
    }

    private static byte[] Header(string rest) => Convert.FromHexString(Signature + rest.Replace(" ", "", StringComparison.Ordinal));
}
