using System.Text;
using Causeway.Lab.Network;

namespace Causeway.Lab.Browsers;

/// <summary>
/// The camera of most browsers: 320 × 180 pixels, 15 frames a second. Chromium's own fake camera films 1280 × 720, and two calls of it
/// keep two processors busy with nothing but coding.
/// </summary>
internal static class SmallCamera
{
    private const int Width = 320, Height = 180, Frames = 15;

    private static readonly Lazy<string> File = new(Film);

    /// <summary>Chromium's switch.</summary>
    public static string Switch => $"{FakeCamera.FileSwitch}={File.Value}";

    // A bar that moves through the picture once a second, as YUV4MPEG2 (yuv4mpeg(5)).
    private static string Film()
    {
        var path = LabFolders.Temporary("camera.y4m");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.File.Delete(path);
        using var film = System.IO.File.Create(path);
        film.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width} H{Height} F{Frames}:1 Ip A1:1 C420jpeg\n"));
        var picture = new byte[Width * Height * 3 / 2];
        for (var frame = 0; frame < Frames; frame++)
        {
            film.Write("FRAME\n"u8);
            Array.Fill(picture, (byte)128);
            for (var row = 0; row < Height; row++) Array.Fill(picture, (byte)235, (row * Width) + (frame * Width / Frames), Width / Frames);
            film.Write(picture);
        }

        return path;
    }
}
