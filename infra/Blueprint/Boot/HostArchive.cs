using System.Text;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Storage;

namespace Causeway.Blueprint.Boot;

/// <summary>
/// The files of a host in one tar archive, which the host fetches by its hash: user-data has little room beside the script that fetches it.
/// Not compressed, so that its bytes, and with them the generation, don't depend on a compressor's version.
/// </summary>
public static class HostArchive
{
    /// <summary>Packs files; the same files give the same bytes.</summary>
    public static byte[] Pack(IEnumerable<HostFile> files)
    {
        using var archive = new MemoryStream();
        DeterministicTar.Write(archive, files.Select(file => new PackedFile(
            file.Path.TrimStart('/'),
            (UnixFileMode)Convert.ToInt32(file.Mode, 8),
            () => new MemoryStream(Encoding.UTF8.GetBytes(file.Content)))));
        return archive.ToArray();
    }
}
