using System.Formats.Tar;
using System.IO.Compression;

namespace Causeway.Publishing.Tests;

public sealed class ArchiveTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("causeway-archive-");

    public void Dispose() => _root.Delete(recursive: true);

    private string Folder(string name, DateTime written, UnixFileMode mode, params string[] order)
    {
        var folder = _root.CreateSubdirectory(name);
        foreach (var path in order)
        {
            var file = new FileInfo(Path.Combine(folder.FullName, path));
            file.Directory!.Create();
            File.WriteAllText(file.FullName, path == "program" ? "\u007fELF..." : $"content of {path}");
            File.SetUnixFileMode(file.FullName, mode);
            File.SetLastWriteTimeUtc(file.FullName, written);
        }
        return folder.FullName;
    }

    private static byte[] Pack(string folder)
    {
        using var archive = new MemoryStream();
        DeterministicArchive.Write(folder, archive);
        return archive.ToArray();
    }

    [Fact]
    public void Two_folders_with_the_same_files_give_the_same_bytes()
    {
        var one = Folder("one", DateTime.UnixEpoch, UnixFileMode.UserRead | UnixFileMode.UserWrite, "program", "wwwroot/b.js", "a.json");
        var other = Folder("other", DateTime.UnixEpoch.AddYears(50), (UnixFileMode)0b111_111_111, "a.json", "program", "wwwroot/b.js");
        Assert.Equal(Pack(one), Pack(other));
    }

    [Fact]
    public void Another_content_or_name_gives_other_bytes()
    {
        var bytes = Pack(Folder("one", DateTime.UnixEpoch, UnixFileMode.UserRead, "a", "b"));
        Assert.NotEqual(bytes, Pack(Folder("other", DateTime.UnixEpoch, UnixFileMode.UserRead, "a", "c")));
    }

    [Fact]
    public void Programs_can_be_started_and_other_files_cannot()
    {
        var folder = Folder("one", DateTime.UnixEpoch, UnixFileMode.UserRead | UnixFileMode.UserWrite, "program", "a.json");
        using var gzip = new GZipStream(new MemoryStream(Pack(folder)), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var modes = new Dictionary<string, string>();
        while (tar.GetNextEntry() is { } entry) modes.Add(entry.Name, Convert.ToString((int)entry.Mode, 8));
        Assert.Equal(new Dictionary<string, string> { ["a.json"] = "644", ["program"] = "755" }, modes);
    }
}
