namespace Causeway.Tests.Support.Aws.S3;

/// <summary>A bucket with every version of its objects, and with uploads that were begun.</summary>
public sealed class CloudBucket : CloudResource
{
    /// <summary>How many versions there may be.</summary>
    public const int MaxVersions = 20_000;

    private int _versions;

    public override string Arn => $"arn:aws:s3:::{Id}";

    public override string TaggingType => "s3:bucket";

    /// <summary>Whether it keeps versions.</summary>
    public bool Versioned { get; set; }

    /// <summary>Everything that was put there, the newest last.</summary>
    public List<ObjectVersion> Versions { get; } = [];

    /// <summary>Uploads that were begun: ids, each with the key.</summary>
    public SortedDictionary<string, string> Uploads { get; } = new(StringComparer.Ordinal);

    /// <summary>Puts an object there.</summary>
    public ObjectVersion Put(string key, long size = 1)
    {
        if (!Versioned) Versions.RemoveAll(version => version.Key == key);
        return Add(new(key, NewVersionId(), size, IsMarker: false));
    }

    /// <summary>Puts an object with its content there.</summary>
    public ObjectVersion Put(string key, byte[] content)
    {
        var version = Put(key, content.Length);
        return Versions[^1] = version with { Content = content };
    }

    /// <summary>Deletes an object without saying which version: a marker takes its name where versions are kept.</summary>
    public void Delete(string key)
    {
        if (Versioned) Add(new(key, NewVersionId(), 0, IsMarker: true));
        else Versions.RemoveAll(version => version.Key == key);
    }

    /// <summary>Begins an upload of several parts.</summary>
    public string Begin(string key)
    {
        var id = $"upload-{Uploads.Count + 1:D4}";
        Uploads.Add(id, key);
        return id;
    }

    /// <summary>The versions by key, the newest of each first.</summary>
    internal IEnumerable<(ObjectVersion Version, bool Latest)> Listed => Versions
        .Select((version, index) => (version, index))
        .GroupBy(one => one.version.Key)
        .OrderBy(same => same.Key, StringComparer.Ordinal)
        .SelectMany(same => same.OrderByDescending(one => one.index).Select((one, nth) => (one.version, nth == 0)));

    private ObjectVersion Add(ObjectVersion version)
    {
        if (Versions.Count >= MaxVersions) throw new InvalidOperationException($"more than {MaxVersions} versions");
        Versions.Add(version);
        return version;
    }

    private string NewVersionId() => Versioned ? $"version-{++_versions:D6}" : "null";
}

/// <summary>A version of an object, or the mark that it was deleted.</summary>
public sealed record ObjectVersion(string Key, string Id, long Size, bool IsMarker)
{
    /// <summary>What is in it; empty where only its size matters.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }
}
