using System.Formats.Tar;
using System.Text;

namespace Causeway.Blueprint.Boot;

/// <summary>
/// The files of a host in one tar archive, which the host fetches by its hash: user-data has room for little more than the fetching. Not compressed,
/// so that its bytes, and with them the generation, do not depend on a version of a compressor.
/// </summary>
public static class HostArchive
{
    /// <summary>Packs files; the same files give the same bytes.</summary>
    public static byte[] Pack(IEnumerable<HostFile> files)
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var file in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, file.Path.TrimStart('/'))
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(file.Content)),
                    Mode = (UnixFileMode)Convert.ToInt32(file.Mode, 8),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }
        return archive.ToArray();
    }
}
