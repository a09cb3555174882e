namespace Causeway.Blueprint.Storage;

/// <summary>A bucket in S3.</summary>
/// <param name="ForceDestroy">Whether destroying the stack empties it.</param>
/// <param name="Protected">Whether the engine refuses to delete it.</param>
public sealed record BucketPlan(string Name, bool ForceDestroy, bool Protected, IReadOnlyList<Artifact> Artifacts);

/// <summary>An archive that hosts fetch: a published service, or a host's own files. The same commit gives the same bytes.</summary>
/// <param name="Service"><c>relay</c>, <c>signalling</c> or <c>host</c>.</param>
/// <param name="Sha256">The SHA-256 of the archive, in lower-case hexadecimal.</param>
/// <param name="Path">The archive's file on the machine that uploads it; null to look at a plan only.</param>
public sealed record Artifact(string Service, string Sha256, string? Path = null)
{
    public const string Prefix = "artifacts/";

    /// <summary>Gets substitutes to look at a plan without publishing. The generation is wrong then.</summary>
    public static IReadOnlyList<Artifact> Unpublished { get; } = [new("relay", new('0', 64)), new("signalling", new('0', 64))];

    /// <summary>Gets the content if the plan makes it; null if it is at <see cref="Path"/>.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Gets the object key, which contains the hash: another content is another object.</summary>
    public string Key => $"{Prefix}{Service}-{Sha256}.tar{(Content is null ? ".gz" : "")}";
}
