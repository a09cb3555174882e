using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing;

/// <summary>A service's archive, and a note beside it with the key of its inputs, by which an unchanged archive is recognized.</summary>
/// <param name="Service">The service.</param>
/// <param name="Path">The archive's path.</param>
internal sealed record PublishedArchive(string Service, string Path)
{
    private string NotePath => Path + ".json";

    /// <summary>The archive if it was made from these inputs and hasn't changed since; null otherwise.</summary>
    public Artifact? Find(string key)
    {
        if (!File.Exists(NotePath) || !File.Exists(Path)) return null;
        try
        {
            var note = JsonSerializer.Deserialize<Note>(File.ReadAllBytes(NotePath));
            return note?.Key == key && note.Sha256 == Hash() ? new(Service, note.Sha256, Path) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Deletes the note, so that an interrupted publish isn't taken for a complete one.</summary>
    public void Forget() => File.Delete(NotePath);

    /// <summary>Packs a folder into the archive and notes its inputs.</summary>
    public Artifact Keep(string key, string folder)
    {
        using (var file = File.Create(Path)) DeterministicArchive.Write(folder, file);
        var published = new Artifact(Service, Hash(), Path);
        File.WriteAllBytes(NotePath + ".new", JsonSerializer.SerializeToUtf8Bytes(new Note(key, published.Sha256)));
        File.Move(NotePath + ".new", NotePath, overwrite: true);
        return published;
    }

    private string Hash()
    {
        using var packed = File.OpenRead(Path);
        return Convert.ToHexStringLower(SHA256.HashData(packed));
    }

    private sealed record Note(string Key, string Sha256);
}
