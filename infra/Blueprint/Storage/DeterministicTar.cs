using System.Formats.Tar;

namespace Causeway.Blueprint.Storage;

/// <summary>A file in an archive.</summary>
/// <param name="Name">The path in the archive, without a leading slash.</param>
public sealed record PackedFile(string Name, UnixFileMode Mode, Func<Stream> Open);

/// <summary>Packs files so that the same files give the same bytes: in the given order, without times or owners.</summary>
public static class DeterministicTar
{
    /// <summary>Writes an archive and leaves the stream open.</summary>
    public static void Write(Stream archive, IEnumerable<PackedFile> files)
    {
        using var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var file in files)
        {
            using var content = file.Open();
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, file.Name)
            {
                DataStream = content,
                Mode = file.Mode,
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }
    }
}
