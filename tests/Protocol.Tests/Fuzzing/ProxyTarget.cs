using Causeway.Turn.Protocol;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>The header of the PROXY protocol: it is read the same however it arrives, and never beyond its bound.</summary>
internal sealed class ProxyTarget : FuzzTarget
{
    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public override string Name => "proxy";

    public override IEnumerable<byte[]> Corpus =>
    [
        Header(0x21, 0x11, [192, 0, 2, 1, 192, 0, 2, 2, 0xC0, 0x00, 0x0D, 0x96]),
        Header(0x21, 0x21, [.. new byte[32], 0xC0, 0x00, 0x0D, 0x96]),
        Header(0x21, 0x11, [192, 0, 2, 1, 192, 0, 2, 2, 0xC0, 0x00, 0x0D, 0x96, 0x04, 0x00, 0x02, 0xAA, 0xBB]),
        Header(0x20, 0x00, []),
        Header(0x21, 0x31, new byte[216]),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var state = ProxyHeader.Read(input, out var header, out var length);
        Assert.InRange(length, ProxyHeader.FixedLength, ProxyHeader.FixedLength + ushort.MaxValue);
        if (state != ProxyHeaderState.Invalid) Assert.InRange(length, ProxyHeader.FixedLength, ProxyHeader.MaxLength);
        if (state == ProxyHeaderState.Complete) Assert.True(length <= input.Length);
        else Assert.Null(header.Source);

        for (var available = 0; available < int.Min(input.Length, 64); available++)
        {
            var early = ProxyHeader.Read(input[..available], out var earlyHeader, out _);
            // Once it is known, further bytes don't change it.
            if (early != ProxyHeaderState.Incomplete) Assert.Equal((state, header), (early, earlyHeader));
        }
    }

    private static byte[] Header(byte command, byte family, byte[] rest) =>
        [.. Signature, command, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];
}
