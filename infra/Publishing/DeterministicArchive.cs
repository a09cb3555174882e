using System.IO.Compression;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing;

/// <summary>Packs a folder so that the same files give the same bytes: sorted, with permissions by content.</summary>
public static class DeterministicArchive
{
    /// <summary>Writes a folder's files as a gzipped tar archive.</summary>
    /// <param name="folder">The folder; names in the archive are relative to it.</param>
    /// <param name="archive">The stream to write to.</param>
    public static void Write(string folder, Stream archive)
    {
        using var gzip = new GZipStream(archive, CompressionLevel.Optimal, leaveOpen: true);
        DeterministicTar.Write(gzip, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => new PackedFile(
                Path.GetRelativePath(folder, path).Replace('\\', '/'), IsProgram(path) ? Executable : Readable, () => File.OpenRead(path)))
            .OrderBy(file => file.Name, StringComparer.Ordinal));
    }

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // By content: a file's mode depends on the builder's umask.
    private static bool IsProgram(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start is [0x7F, (byte)'E', (byte)'L', (byte)'F'];
    }
}
