using QRCoder;

namespace Causeway.Ops.Local;

/// <summary>A QR code as text, for a phone's camera: two rows of it in each line, light on dark as most terminals are.</summary>
internal static class QrCode
{
    // Screens neither fade nor tear: the lowest level of error correction gives the smallest code.
    private const QRCodeGenerator.ECCLevel Correction = QRCodeGenerator.ECCLevel.L;

    /// <summary>The lines of the code, with the quiet zone that readers need around it.</summary>
    public static IEnumerable<string> Lines(Uri link)
    {
        using var data = QRCodeGenerator.GenerateQrCode(link.AbsoluteUri, Correction);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall().Split('\n').Select(line => line.TrimEnd('\r'));
    }
}
