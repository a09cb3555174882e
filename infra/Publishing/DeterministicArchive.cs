using System.Formats.Tar;
using System.IO.Compression;

namespace Causeway.Publishing;

/// <summary>Packs a folder so that the same files give the same bytes: sorted, without times and owners, with permissions by kind alone.</summary>
public static class DeterministicArchive
{
    /// <summary>Writes a folder's files as a gzipped tar archive.</summary>
    /// <param name="folder">The folder; names in the archive are relative to it.</param>
    /// <param name="archive">Where the archive goes.</param>
    public static void Write(string folder, Stream archive)
    {
        using var gzip = new GZipStream(archive, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(gzip, TarEntryFormat.Ustar);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        foreach (var (path, name) in files)
        {
            using var content = File.OpenRead(path);
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content,
                Mode = IsProgram(path) ? Executable : Readable,
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }
    }

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // By content rather than by the file's own mode, which follows the umask of who built it.
    private static bool IsProgram(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start is [0x7F, (byte)'E', (byte)'L', (byte)'F'];
    }
}
