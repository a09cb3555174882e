using Causeway.Ops.Local;
using ZXing;

namespace Causeway.Ops.Tests.Local;

public class QrCodeTests
{
    [Theory]
    [InlineData("https://192.168.1.20:8443/r/room-0123abcd")]
    [InlineData("https://[fd12:3456:789a:1::20]:8443/r/room-0123abcd")]
    public void The_code_is_read_as_the_link(string link) => Assert.Equal(link, Read(QrCode.Lines(new(link))));

    [Fact]
    public void The_code_of_a_room_fits_a_terminal_of_80_columns_and_24_lines()
    {
        var lines = QrCode.Lines(new("https://192.168.100.200:8443/r/room-0123abcd")).ToList();
        Assert.InRange(lines.Count, 1, 20);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 78));
    }

    /// <summary>Reads a printed code, in which each character is an upper and a lower pixel.</summary>
    internal static string? Read(IEnumerable<string> printed)
    {
        const int scale = 4;
        var lines = printed.ToList();
        var (width, height) = (lines[0].Length * scale, lines.Count * 2 * scale);
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var isUpper = y / scale % 2 == 0;
                var block = lines[y / scale / 2][x / scale];
                var light = block == '\u2588' || block == (isUpper ? '\u2580' : '\u2584');
                pixels[y * width + x] = light ? byte.MaxValue : (byte)0;
            }
        }
        var reader = new BarcodeReaderGeneric { Options = { PossibleFormats = [BarcodeFormat.QR_CODE], TryHarder = true } };
        return reader.Decode(new RGBLuminanceSource(pixels, width, height, RGBLuminanceSource.BitmapFormat.Gray8))?.Text;
    }
}
