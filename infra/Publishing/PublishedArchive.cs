using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing;

/// <summary>A service's archive with a note beside it of what it was made from, which is how an unchanged one is known again.</summary>
/// <param name="Service">The service.</param>
/// <param name="Path">Where the archive lies.</param>
internal sealed record PublishedArchive(string Service, string Path)
{
    private string NotePath => Path + ".json";

    /// <summary>The archive, when it was made from these inputs and is still what was written then; null otherwise.</summary>
    public Artifact? Find(string key)
    {
        if (!File.Exists(NotePath) || !File.Exists(Path)) return null;
        try
        {
            return JsonSerializer.Deserialize<Note>(File.ReadAllBytes(NotePath)) is { } note && note.Key == key && note.Sha256 == Hash() ? new(Service, note.Sha256, Path) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes the note away, so that a publish that ends halfway leaves nothing to be taken for whole.</summary>
    public void Forget() => File.Delete(NotePath);

    /// <summary>Packs a folder into the archive and notes what it was made from.</summary>
    public Artifact Keep(string key, string folder)
    {
        using (var file = File.Create(Path)) DeterministicArchive.Write(folder, file);
        var made = new Artifact(Service, Hash(), Path);
        File.WriteAllBytes(NotePath + ".new", JsonSerializer.SerializeToUtf8Bytes(new Note(key, made.Sha256)));
        File.Move(NotePath + ".new", NotePath, overwrite: true);
        return made;
    }

    private string Hash()
    {
        using var packed = File.OpenRead(Path);
        return Convert.ToHexStringLower(SHA256.HashData(packed));
    }

    private sealed record Note(string Key, string Sha256);
}
