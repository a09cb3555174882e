using QRCoder;

namespace Causeway.Ops.Local;

/// <summary>Draws a QR code as text: two rows in each line, light on dark as most terminals are.</summary>
internal static class QrCode
{
    // A screen needs little error correction; the lowest level gives the smallest code.
    private const QRCodeGenerator.ECCLevel Correction = QRCodeGenerator.ECCLevel.L;

    /// <summary>Returns the lines of the code, with the quiet zone that readers need.</summary>
    public static IEnumerable<string> Lines(Uri link)
    {
        using var data = QRCodeGenerator.GenerateQrCode(link.AbsoluteUri, Correction);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall().Split('\n').Select(line => line.TrimEnd('\r'));
    }
}
