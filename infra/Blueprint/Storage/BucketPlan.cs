namespace Causeway.Blueprint.Storage;

public sealed record BucketPlan
{
    /// <summary>Its name, unique in the world.</summary>
    public required string Name { get; init; }

    /// <summary>Whether destroying the stack empties it.</summary>
    public required bool ForceDestroy { get; init; }

    /// <summary>Whether the engine refuses to delete it.</summary>
    public required bool Protected { get; init; }

    /// <summary>What lies in it.</summary>
    public required IReadOnlyList<Artifact> Artifacts { get; init; }
}

/// <summary>An archive that hosts fetch: a published service, packed the same from any clone of the same commit, or a host's own files.</summary>
/// <param name="Service"><c>relay</c>, <c>signalling</c> or <c>host</c>.</param>
/// <param name="Sha256">The SHA-256 of the archive, in lower-case hexadecimal.</param>
/// <param name="Path">Where the archive lies on the machine that uploads it; null when a plan is only looked at.</param>
public sealed record Artifact(string Service, string Sha256, string? Path = null)
{
    /// <summary>The archive itself, where the plan makes it; null where it lies at <see cref="Path"/>.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Its object key: the content's own hash, so that another content is another object.</summary>
    public string Key => $"{Prefix}{Service}-{Sha256}.tar{(Content is null ? ".gz" : "")}";

    /// <summary>What every artifact's key begins with.</summary>
    public const string Prefix = "artifacts/";

    /// <summary>Stand-ins for looking at a plan without publishing: the generation is then not the real one.</summary>
    public static IReadOnlyList<Artifact> Unpublished { get; } = [new("relay", new('0', 64)), new("signalling", new('0', 64))];
}
